using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>
/// Lets an application choose a backend by a URL or by its name. A backend's package has one public class that derives from this class,
/// with a public constructor without parameters. <see cref="SessionStoreProviderAttribute"/> names that class in the application.
/// </summary>
/// <remarks>
/// The methods only register a store: nothing is opened before the host starts. The store registered last is used. A provider is created
/// when a store is chosen, before the application has services. Its members are safe for concurrent use.
/// </remarks>
public abstract class SessionStoreProvider
{
    /// <summary>The backend's name in <c>ServerSessions:Store</c>, such as <c>redis</c>. Compared without regard to case.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The prefixes of the backend's URLs with the separator: <c>redis://</c>, or <c>sqlite:</c> if any text may follow the scheme. At
    /// least one. Compared without regard to case. A scheme is also a name of the backend.
    /// </summary>
    /// <remarks>A backend that is reached over a network uses <c>://</c>, because <c>redis:6379</c> is a host and a port.</remarks>
    public abstract IReadOnlyList<string> UrlPrefixes { get; }

    /// <summary>
    /// A connection string to show in messages. The default is <see langword="null"/>: the backend needs none if it is chosen by name.
    /// </summary>
    public virtual string? ExampleConnectionString => null;

    /// <summary>
    /// Whether a text looks like a connection string of the backend's driver. The default is <see langword="false"/>: unknown.
    /// </summary>
    /// <remarks>
    /// Used to name the backend in a message if <c>ServerSessions:Store</c> is not set. Also used to accept a connection string that begins
    /// like the URL of another backend.
    /// </remarks>
    /// <param name="connectionString">The text; not <see langword="null"/>.</param>
    public virtual bool RecognizesConnectionString(string connectionString) => false;

    /// <summary>
    /// Registers the store for a URL of this backend, such as <c>redis://localhost:6379/0</c> or <c>sqlite:sessions.db</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="url">The URL with its scheme.</param>
    /// <exception cref="ArgumentException">The URL is malformed. The message gives the reason, and no password.</exception>
    public abstract void AddStore(IServerSessionBuilder builder, string url);

    /// <summary>Registers the store for a connection string in the form of the backend's driver.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">
    /// The connection string. It is validated when the host starts. Empty if none is set and <see cref="ExampleConnectionString"/> is
    /// <see langword="null"/>.
    /// </param>
    /// <exception cref="ArgumentException">The backend does not use a connection string.</exception>
    public abstract void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString);
}
