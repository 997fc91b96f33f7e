using System.Security.Authentication;

namespace ServerSessions.Stores;

/// <summary>
/// Distinguishes TLS errors from refused credentials, which drivers both call "authentication". Repeats only known names of the
/// exception's text.
/// </summary>
public static class TlsFailure
{
    // .NET's message contains members of SslPolicyErrors and X509ChainStatusFlags, in any language.
    private static readonly (string Name, string Meaning)[] Reasons =
    [
        ("NotTimeValid", "it has expired or is not valid yet"),
        ("RemoteCertificateNameMismatch", "it is for another host name"),
        ("UntrustedRoot", "its issuer is not trusted here"),
        ("PartialChain", "its issuer is not trusted here"),
        ("RemoteCertificateChainErrors", "its chain is not trusted here"),
        ("Revoked", "it has been revoked"),
        ("RemoteCertificateNotAvailable", "there is none"),
    ];

    /// <summary>Describes a failed TLS handshake: what is wrong and what to do.</summary>
    /// <param name="error">The exception of a driver, with its inner exceptions.</param>
    /// <returns>Sentences, of which the first begins "TLS"; <see langword="null"/> if TLS is not the cause.</returns>
    public static string? Describe(Exception? error)
    {
        if (Find(error) is not { } trouble)
        {
            return null;
        }

        var reasons = Reasons
            .Where(reason => trouble.Message.Contains(reason.Name, StringComparison.Ordinal))
            .Select(static reason => reason.Meaning)
            .Distinct()
            .ToList();
        return reasons.Count == 0
            ? "TLS could not be set up: the handshake was aborted. Check that the server uses TLS on this port, in a version that "
                + "both sides support. User and password were not sent."
            : $"TLS could not be set up: the server's certificate was not accepted ({string.Join("; ", reasons)}). Trust its issuer on "
                + "this machine, or correct the certificate or the host name. User and password were not sent.";
    }

    private static AuthenticationException? Find(Exception? error) =>
        error switch
        {
            null => null,
            AuthenticationException trouble => trouble,
            AggregateException all => all.InnerExceptions.Select(Find).FirstOrDefault(static found => found is not null),
            _ => Find(error.InnerException),
        };
}
