using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>Why no connection could be made, or why one broke, where the server itself has said nothing.</summary>
/// <param name="Reason">What went wrong, and what to do.</param>
/// <param name="IsAway">Whether the server, or the network between, is at fault, so that trying again may help.</param>
/// <param name="Cause">The exception, where its text shows no path and no secret.</param>
internal sealed record ConnectionTrouble(string Reason, bool IsAway, Exception? Cause)
{
    /// <summary>Whether the network has said so. A file that is missing is an <see cref="IOException"/> as well.</summary>
    public static bool IsOfNetwork(Exception? cause) => cause is SocketException || (cause is IOException && !IsOfFile(cause));

    /// <param name="cause">What the driver, or what the application has put into its data source, has thrown.</param>
    /// <param name="files">The files that the connection string names.</param>
    public static ConnectionTrouble From(Exception cause, CredentialFiles files) =>
        cause switch
        {
            SocketException => Away(cause),
            AuthenticationException when files.Unreadable() is { } file => new(file, IsAway: false, Cause: null),
            AuthenticationException => new(
                "the TLS handshake failed. The server's certificate is not trusted, is for another host, or is over; or the two agree "
                    + "on no version of TLS. Check Root Certificate, "
                    + "Host and SSL Mode.",
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
                $"the connection was refused on this side ({cause.GetType().Name}). Check the TLS and authentication settings of the "
                    + $"connection string, and what the application "
                    + "has added to its data source.",
                IsAway: false,
                Cause: null
            ),
        };

    private static bool IsOfFile(Exception cause) =>
        cause is FileNotFoundException or DirectoryNotFoundException or FileLoadException or PathTooLongException or DriveNotFoundException;

    private static ConnectionTrouble Away(Exception cause) =>
        new(
            $"the server cannot be reached, or the connection broke ({cause.GetType().Name}). Check that it runs, its address and the "
                + $"network between.",
            IsAway: true,
            IsOfNetwork(cause) ? cause : null
        );

    private static ConnectionTrouble Certificate(Exception cause) =>
        new(
            $"a certificate or its key cannot be used ({cause.GetType().Name}). Check the files of Root Certificate, SSL Certificate "
                + $"and SSL Key, and SSL Password.",
            IsAway: false,
            Cause: null
        );
}
