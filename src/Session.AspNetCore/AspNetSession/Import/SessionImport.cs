using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Imports the session of ASP.NET Core's <c>AddSession()</c> that a request's cookie names, once: stores its values in a session of this
/// library, and removes the entry and the cookie.
/// </summary>
/// <remarks>
/// <para>The id of the new session is computed from the key of the entry and the secret. So parallel first requests, and a client that
/// missed the response, arrive at one session.</para>
/// <para>The new session is stored before the entry is removed, and the client gets the new cookie after that. An entry that is left behind
/// would bring back a session that the user has ended. So would a request that has read the entry long ago: each import begins with a
/// claim, and only an entry that is there after the claim is imported. See <see cref="ImportClaims"/>.</para>
/// </remarks>
internal sealed class SessionImport(
    AspNetCoreSessions old,
    string secret,
    ServerSessionOptions options,
    ImportClaims claims,
    SessionFactory factory,
    SessionLimits limits,
    FailureReports reports,
    ImportWarnings warnings,
    SessionEvents events
)
{
    // As SessionFactory: 192 bits, 32 characters.
    private const int SidBytes = 24;

    private const string Tag = "session-import-v1\0";

    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <summary>Begins a request that has no session with the one that it imports, if its cookie names one.</summary>
    /// <exception cref="SessionStoreException">The cache or the store failed. The entry is as before.</exception>
    /// <exception cref="SessionLimitException">The entry has more than a session may hold. It is as before.</exception>
    public async ValueTask RunAsync(RequestSession request, CancellationToken cancellationToken)
    {
        try
        {
            if (old.FindKey(request.Context) is not { } key || await FindOrImportAsync(request, key, cancellationToken) is not { } session)
            {
                return;
            }

            await old.RemoveAsync(key, cancellationToken);
            request.BeginImported(session);
            var isSecure = SecureTransport.IsUsedBy(request.Context, options.Proxy);
            if (isSecure || session.Cookie.Secure != true)
            {
                // Otherwise the client gets no new cookie.
                old.DeleteCookie(request.Context, isSecure);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            reports.ReportImport(request, failure);
            throw;
        }
    }

    /// <summary>Returns the session that a key was imported as, or imports it.</summary>
    private async ValueTask<SessionState?> FindOrImportAsync(RequestSession request, string key, CancellationToken cancellationToken)
    {
        var sid = SidOf(key);
        if (await old.GetAsync(key, cancellationToken) is not { } entry)
        {
            // An earlier or a parallel request may have imported it.
            return await claims.FindSessionAsync(sid, cancellationToken);
        }

        if (!AspNetCoreSessionEntry.TryRead(entry, out var values))
        {
            warnings.WarnOfDamagedEntry();
            return null;
        }

        var session = Create(request, sid, values);
        if (await claims.MakeAsync(request, sid, cancellationToken) is { } claim)
        {
            if (await old.GetAsync(key, cancellationToken) is null)
            {
                // The entry was imported before the claim was there, and the session may have ended since.
                await claims.WithdrawAsync(claim, cancellationToken);
            }
            else if (await claims.TryReplaceAsync(claim, session, cancellationToken))
            {
                await events.CreatedAsync(session.Document);
            }
        }

        return await claims.FindSessionAsync(sid, cancellationToken);
    }

    private SessionState Create(RequestSession request, string sid, Dictionary<string, byte[]> values)
    {
        var session = factory.Create(request.Context, sid);
        foreach (var (key, value) in values)
        {
            if (key is SessionDocument.CookieName or ReservedKeys.Import || (!options.AllowReservedKeys && ReservedKeys.All.Contains(key)))
            {
                warnings.WarnOfReservedKey();
                continue;
            }

            var json = SessionBytes.ToJson(value);
            limits.CheckSet(session.Document, key, json.Length);
            session.Document.SetJson(key, json);
        }

        return session;
    }

    private string SidOf(string key)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(Tag + key), hash);
        return Base64Url.EncodeToString(hash[..SidBytes]);
    }
}
