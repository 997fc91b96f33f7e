using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>Has the lists of users live longer than the sessions that they name, while these are used.</summary>
internal sealed class UserListLife(UserIndex index, UserLease lease, TimeProvider timeProvider, ILogger logger)
{
    private readonly RateLimitedWarning _failed = new(timeProvider);

    /// <summary>
    /// Makes the list of a request's user live longer, if it might otherwise end before the session does. The session then has changed. If
    /// the list cannot be stored, the next request tries again.
    /// </summary>
    public ValueTask ExtendAsync(RequestSession request) =>
        request is { IsReadOnly: false, Live: { AtRest: not null, KeepsExpiry: false } session }
        && StoredLogin.FindUntil(session.Document) is { } until
        && until < lease.LeastFor(session)
            ? ExtendListAsync(request, session)
            : default;

    private async ValueTask ExtendListAsync(RequestSession request, SessionState session)
    {
        if (StoredLogin.Find(session.Document) is not { } login)
        {
            return;
        }

        var until = lease.EndFor(session);
        var isListed = false;
        try
        {
            await index.EditAsync(
                login.Subject,
                list =>
                {
                    list ??= UserIndexContent.Empty(login.Subject, until);
                    var entry = list.Find(login.Handle) ?? index.EntryOf(login, session.StoreKey, timeProvider.GetUtcNow());
                    isListed = !entry.Ending;
                    return isListed ? list.With(entry).Outliving(until) : list;
                },
                CancellationToken.None
            );
        }
        catch (SessionStoreException failure)
        {
            if (_failed.IsDue())
            {
                Log.UserIndexNotExtended(logger, index.Backend, failure);
            }

            return;
        }

        if (isListed)
        {
            request.Change(document => StoredLogin.Find(document)?.LastingUntil(until).PutInto(document));
        }
    }
}
