using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>Why a connection failed or broke without an error from the server.</summary>
/// <param name="Reason">What went wrong and what to do.</param>
/// <param name="IsAway">Whether the server or the network caused it, so that trying again may help.</param>
/// <param name="Cause">The exception, if its text contains no path and no secret.</param>
internal sealed record ConnectionFailure(string Reason, bool IsAway, Exception? Cause)
{
    /// <summary>Whether an error comes from the network. A missing file also is an <see cref="IOException"/>.</summary>
    public static bool IsOfNetwork(Exception? cause) => cause is SocketException || (cause is IOException && !IsOfFile(cause));

    /// <summary>Describes an exception of the driver.</summary>
    /// <param name="cause">An exception of the driver, or of code in the application's data source.</param>
    /// <param name="files">The files that the connection string names.</param>
    public static ConnectionFailure From(Exception cause, CredentialFiles files) =>
        cause switch
        {
            SocketException => Away(cause),
            AuthenticationException when files.Unreadable() is { } file => new(file, IsAway: false, Cause: null),
            AuthenticationException => new(
                "the TLS handshake failed. The server's certificate is not trusted, is for another host, or has expired; or there is no "
                    + "common TLS version. Check Root Certificate, Host and SSL Mode.",
                IsAway: false,
                cause
            ),
            UnauthorizedAccessException
            or CryptographicException
            or IOException when files.Unreadable() is { } file && !IsOfNetwork(cause) => new(file, IsAway: false, Cause: null),
            CryptographicException => Certificate(cause),
            TimeoutException or OperationCanceledException => Away(cause),
            _ when IsOfNetwork(cause) => Away(cause),
            ArgumentException or FormatException or UnauthorizedAccessException or IOException when files.HasCertificates => Certificate(
                cause
            ),
            _ => new(
                $"the driver refused the connection ({cause.GetType().Name}). Check the TLS and authentication settings of the "
                    + "connection string, and the code that the application added to its data source.",
                IsAway: false,
                Cause: null
            ),
        };

    private static bool IsOfFile(Exception cause) =>
        cause is FileNotFoundException or DirectoryNotFoundException or FileLoadException or PathTooLongException or DriveNotFoundException;

    private static ConnectionFailure Away(Exception cause) =>
        new(
            $"the server cannot be reached, or the connection broke ({cause.GetType().Name}). Check that it runs, its address and the "
                + $"network.",
            IsAway: true,
            IsOfNetwork(cause) ? cause : null
        );

    private static ConnectionFailure Certificate(Exception cause) =>
        new(
            $"a certificate or its key cannot be used ({cause.GetType().Name}). Check the files of Root Certificate, SSL Certificate "
                + $"and SSL Key, and SSL Password.",
            IsAway: false,
            Cause: null
        );
}
