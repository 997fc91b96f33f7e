using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>
/// How a backend is chosen by a text alone, from a command line or a configuration: each backend package has one public class that implements this and
/// has a public constructor without parameters.
/// </summary>
/// <remarks>Both methods register and do nothing else: nothing is opened before the host starts. The store registered last is the one that is used.</remarks>
public interface ISessionStoreUrl
{
    /// <summary>Registers the store for a URL of this backend, such as <c>redis://localhost:6379/0</c> or <c>sqlite:sessions.db</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="url">The URL, scheme included.</param>
    /// <exception cref="ArgumentException">The URL is malformed; the message says how and repeats no password.</exception>
    void AddStore(IServerSessionBuilder builder, string url);

    /// <summary>Registers the store for a connection string in the form of the backend's driver.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The connection string; what is wrong with it is said when the host starts.</param>
    /// <exception cref="ArgumentException">The backend takes no connection string.</exception>
    void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString);
}
