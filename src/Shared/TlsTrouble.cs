using System.Security.Authentication;

namespace ServerSessions.Stores;

/// <summary>
/// Tells TLS trouble from refused credentials. Drivers call both "authentication". Nothing of the exception's text is repeated but what is
/// known by name.
/// </summary>
internal static class TlsTrouble
{
    // What .NET's message names: members of SslPolicyErrors and X509ChainStatusFlags, whatever its language.
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

    /// <summary>What is wrong and what to do; <see langword="null"/> if the error comes of something else.</summary>
    public static string? Of(Exception? error)
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
            ? "TLS could not be set up: the handshake was broken off. Check that the server speaks TLS on this port, in a version that "
                + "both sides know. User and password were not sent."
            : $"TLS could not be set up: the server's certificate was not accepted ({string.Join("; ", reasons)}). Trust its issuer on "
                + $"this machine, or correct the certificate "
                + "or the host name. User and password were not sent.";
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
