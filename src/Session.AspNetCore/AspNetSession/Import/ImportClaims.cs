using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>
/// The claims of imports. A claim is a record in the session's place, from before the entry is read again until the session is stored. It
/// has no values, and no client has its id.
/// </summary>
/// <remarks>
/// An entry is removed only after the claim was replaced by the session. So an entry that is there after the claim has not been imported
/// before, and its session has not ended. Any request that has seen both in this order may replace the claim, also if the one that made it
/// has died.
/// </remarks>
internal sealed class ImportClaims(StoreClient store, SessionFactory factory, SessionRecords records, SessionLoader loader)
{
    /// <summary>Returns the session of an id; <see langword="null"/> if there is none, or a claim.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask<SessionState?> FindSessionAsync(string sid, CancellationToken cancellationToken) =>
        await FindAsync(sid, cancellationToken) is { } found && !IsClaim(found) ? found : null;

    /// <summary>Makes a claim, or finds that of a parallel request.</summary>
    /// <returns>The claim; <see langword="null"/> if the session is there already.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask<SessionState?> MakeAsync(RequestSession request, string sid, CancellationToken cancellationToken)
    {
        if (store.IsConditional || await FindAsync(sid, cancellationToken) is null)
        {
            var claim = factory.Create(request.Context, sid);
            claim.Document.SetJson(ReservedKeys.Import, Encoding.UTF8.GetBytes($"\"{RandomNumberGenerator.GetHexString(32)}\""));
            var record = records.ToRecord(claim);
            if (await TryStoreAsync(claim.StoreKey, record, null, cancellationToken))
            {
                return claim with { AtRest = record };
            }
        }

        return await FindAsync(sid, cancellationToken) is { } found && IsClaim(found) ? found : null;
    }

    /// <summary>Stores the session in place of its claim.</summary>
    /// <returns>Whether this call has stored it.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public ValueTask<bool> TryReplaceAsync(SessionState claim, SessionState session, CancellationToken cancellationToken) =>
        TryStoreAsync(session.StoreKey, records.ToRecord(session), claim.AtRest, cancellationToken);

    /// <summary>Removes a claim, unless the session has replaced it.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask WithdrawAsync(SessionState claim, CancellationToken cancellationToken)
    {
        if (store.IsConditional)
        {
            await store.TryRemoveAsync(claim.StoreKey, claim.AtRest!, cancellationToken);
        }
        else if (await FindAsync(claim.Sid, cancellationToken) is { } found && IsClaim(found))
        {
            await store.DestroyAsync(claim.StoreKey, cancellationToken);
        }
    }

    private static bool IsClaim(SessionState session) => session.Document.TryGetJson(ReservedKeys.Import, out _);

    private ValueTask<SessionState?> FindAsync(string sid, CancellationToken cancellationToken) =>
        loader.GetAsync(sid, factory.StoreKeyOf(sid), cancellationToken);

    private async ValueTask<bool> TryStoreAsync(
        string storeKey,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        if (store.IsConditional)
        {
            return await store.TrySetAsync(storeKey, record, expected, cancellationToken) == ConditionalSetResult.Stored;
        }

        await store.SetAsync(storeKey, record, cancellationToken);
        return true;
    }
}
