using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>
/// Proves that a handle was listed for a user. So a second click on a session that is ended by now is a success, and a handle that the user
/// never had is unknown, as one of another user is.
/// </summary>
internal sealed class ListedHandles(IDataProtectionProvider protection)
{
    // Neither a subject nor a handle has it.
    private const char Separator = '\0';

    private readonly IDataProtector _protector = protection.CreateProtector("ServerSessions.UserSessions.v1");

    public string Prove(string subject, string handle) => _protector.Protect(subject + Separator + handle);

    public bool IsProved(string subject, string handle, string? proof)
    {
        if (string.IsNullOrEmpty(proof))
        {
            return false;
        }

        try
        {
            return _protector.Unprotect(proof) == subject + Separator + handle;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
