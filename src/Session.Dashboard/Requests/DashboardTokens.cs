using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>
/// Names a user, or one session of a user, in the address of a page: encrypted, so that no access log and no history has the user.
/// </summary>
internal sealed class DashboardTokens(IDataProtectionProvider protection)
{
    // Neither a subject nor a handle has it.
    private const char Separator = '\0';

    private readonly IDataProtector _protector = protection.CreateProtector("ServerSessions.Dashboard.v1");

    public string Of(DashboardTarget target) => _protector.Protect(target.Subject + Separator + target.Handle);

    /// <summary>Returns what a token names. One that is not of this application names nothing.</summary>
    public bool TryRead(string? token, [NotNullWhen(true)] out DashboardTarget? target)
    {
        target = null;
        if (string.IsNullOrEmpty(token))
        {
            return false;
        }

        try
        {
            var parts = _protector.Unprotect(token).Split(Separator);
            target = new DashboardTarget(parts[0], parts[1].Length == 0 ? null : parts[1]);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>What a page is about.</summary>
/// <param name="Subject">The user.</param>
/// <param name="Handle">The session; <see langword="null"/>: all of the user.</param>
internal sealed record DashboardTarget(string Subject, string? Handle = null);
