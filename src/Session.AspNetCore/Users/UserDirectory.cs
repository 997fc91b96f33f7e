using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>Lists, counts and ends the sessions of users for <see cref="IUserSessions"/>.</summary>
internal sealed class UserDirectory(
    UserIndex index,
    UserEnding ending,
    StoredFormat format,
    Tombstones tombstones,
    UserLease lease,
    SessionLifetimes lifetimes,
    SessionTelemetry telemetry,
    TimeProvider timeProvider
)
{
    public ValueTask<UserSessionList> ListAsync(string subject, string? currentHandle, CancellationToken cancellationToken) =>
        telemetry.TraceAsync(
            ServerSessionActivityNames.UserList,
            () => ListUntracedAsync(subject, currentHandle, cancellationToken),
            static list => (list.Sessions.Count, 0)
        );

    private async ValueTask<UserSessionList> ListUntracedAsync(string subject, string? currentHandle, CancellationToken cancellationToken)
    {
        var live = await ending.HealAsync(subject, cancellationToken);
        return new UserSessionList(
            [
                .. (live ?? [])
                    .Select(found => Describe(found, currentHandle))
                    .OrderByDescending(static session => session.IsCurrent)
                    .ThenByDescending(static session => session.Login.SignedInAt),
            ],
            IndexWasMissing: live is null
        );
    }

    public async ValueTask<int> CountAsync(string subject, CancellationToken cancellationToken) =>
        (await index.FindAsync(subject, cancellationToken))?.Count() ?? 0;

    public async ValueTask<UserSessionDetails?> FindAsync(string subject, string handle, CancellationToken cancellationToken)
    {
        if (await ending.FindAsync(subject, handle, cancellationToken) is not { } found)
        {
            return null;
        }

        var document = found.Session.Document;
        return new UserSessionDetails(
            Describe(found, currentHandle: null),
            SessionLifetimes.CreatedAt(document),
            found.Session.AtRest!.Payload.Length,
            [.. document.Keys.Select(key => KeyOf(document, key)).OrderByDescending(static key => key.Size)]
        );
    }

    public async ValueTask<bool> EndAsync(
        string subject,
        string handle,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        var result = await telemetry.TraceAsync(
            ServerSessionActivityNames.UserEnd,
            () => ending.EndOneAsync(subject, handle, reason, cancellationToken),
            static result => (result.Ended, result.Failed)
        );
        return result.Failed == 0
            ? result.IsListed
            : throw new SessionStoreException(
                "The session of a user may still be live: the store failed while it was ended. The next look at the user's list completes "
                    + "it. Try again.",
                SessionStoreOperation.Destroy,
                index.Backend,
                isTransient: true
            );
    }

    public async ValueTask<EndedUserSessions> EndAllAsync(
        string subject,
        string? exceptHandle,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        var result = await telemetry.TraceAsync(
            ServerSessionActivityNames.UserEndAll,
            () => ending.EndAllAsync(subject, exceptHandle, reason, cancellationToken),
            static result => (result.Ended, result.Failed)
        );
        return new EndedUserSessions(result.Ended, result.Failed, result.WasMissing);
    }

    public async ValueTask<RebuiltUserIndex> RebuildAsync(IEnumerableSessionStore store, CancellationToken cancellationToken)
    {
        var result = default(RebuiltUserIndex);
        await foreach (var entry in store.AllAsync(cancellationToken))
        {
            result = result with { Examined = result.Examined + 1 };
            if (
                format.Open(entry.Sid, entry.Record) is not { } document
                || tombstones.IsTombstone(entry.Sid, document)
                || StoredLogin.Find(document) is not { } login
            )
            {
                continue;
            }

            var isAdded = await AddAsync(login, entry.Sid, entry.Record, document, cancellationToken);
            result = result with { SignedIn = result.SignedIn + 1, Added = result.Added + (isAdded ? 1 : 0) };
        }

        return result;
    }

    private async ValueTask<bool> AddAsync(
        StoredLogin login,
        string key,
        SessionRecord record,
        SessionDocument document,
        CancellationToken cancellationToken
    )
    {
        var cookie = format.CookieOf(document.CookieJson.Span);
        var until = lease.EndFor(new SessionState(key, key, document, cookie) { AtRest = record });

        // Until then the session does not look at the list. Who rebuilds may have other lifetimes than who signed the user in.
        until = login.Until > until ? login.Until : until;
        var isAdded = false;
        await index.EditAsync(
            login.Subject,
            list =>
            {
                list ??= UserIndexContent.Empty(login.Subject, until);
                var known = list.Find(login.Handle);
                isAdded = known?.Keys.Contains(key) != true;
                var listed = known ?? new UserIndexEntry(login.Handle, [], login.SignedInAt, default, index.Keys.OfDevice(login.Label));
                return isAdded ? list.With(listed.With(key, timeProvider.GetUtcNow())).Outliving(until) : list;
            },
            cancellationToken
        );
        return isAdded;
    }

    private UserSession Describe(LiveUserSession found, string? currentHandle)
    {
        var (login, session) = found;
        var expires = session.AtRest!.Expires;

        // Near its end a session is not prolonged by its use.
        var isCut = lifetimes.EndOf(session.Document) is { } end && expires >= end;
        var seen = isCut ? null : expires - lease.LifetimeOf(session);
        return new UserSession(login.ToPublic(), seen, expires, login.Handle == currentHandle);
    }

    private static UserSessionKey KeyOf(SessionDocument document, string name)
    {
        document.TryGetJson(name, out var json);
        return new UserSessionKey(name, json.Length, ReservedKeys.All.Contains(name));
    }
}
