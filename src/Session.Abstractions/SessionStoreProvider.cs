using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>
/// Lets a backend be chosen by a URL or by its name. A backend's package has one public class that derives from this and has a public
/// constructor without parameters; <see cref="SessionStoreProviderAttribute"/> names that class in the application.
/// </summary>
/// <remarks>
/// The methods register a store and do nothing else: nothing is opened before the host starts. The store registered last is the one that is
/// used. A provider is made when a store is chosen, before the application has services. Its members may be called from any number of
/// threads.
/// </remarks>
public abstract class SessionStoreProvider
{
    /// <summary>The backend's name in <c>ServerSessions:Store</c>, such as <c>redis</c>. Compared in any case of letters.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// How the backend's URLs begin, the separator included: <c>redis://</c>, or <c>sqlite:</c> if anything may follow the scheme. At least
    /// one; compared in any case of letters. A scheme is a name of the backend, too.
    /// </summary>
    /// <remarks>A backend that is reached over a network takes <c>://</c>, since <c>redis:6379</c> is a host and a port.</remarks>
    public abstract IReadOnlyList<string> UrlPrefixes { get; }

    /// <summary>
    /// A connection string to show in messages; <see langword="null"/>, the default, if the backend needs none when it is chosen by name.
    /// </summary>
    public virtual string? ExampleConnectionString => null;

    /// <summary>
    /// Whether a text looks like a connection string of the backend's driver. The default is <see langword="false"/>: it cannot be told.
    /// </summary>
    /// <remarks>
    /// Used to name the backend in a message if <c>ServerSessions:Store</c> is not set, and to take a text as a connection string that
    /// begins like the URL of another backend.
    /// </remarks>
    /// <param name="connectionString">The text; not <see langword="null"/>.</param>
    public virtual bool RecognizesConnectionString(string connectionString) => false;

    /// <summary>
    /// Registers the store for a URL of this backend, such as <c>redis://localhost:6379/0</c> or <c>sqlite:sessions.db</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="url">The URL, scheme included.</param>
    /// <exception cref="ArgumentException">The URL is malformed; the message says how and repeats no password.</exception>
    public abstract void AddStore(IServerSessionBuilder builder, string url);

    /// <summary>Registers the store for a connection string in the form of the backend's driver.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">
    /// The connection string; what is wrong with it is said when the host starts. Empty if none is set and
    /// <see cref="ExampleConnectionString"/> is <see langword="null"/>.
    /// </param>
    /// <exception cref="ArgumentException">The backend takes no connection string.</exception>
    public abstract void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString);
}
