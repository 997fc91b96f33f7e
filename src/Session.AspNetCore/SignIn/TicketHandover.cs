using System.Collections.Frozen;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Hands a ticket over to the next request. A provider on another site may return with a POST, with which browsers do not send a lax
/// session cookie. A session that this request created would replace the visitor's own. So the ticket waits in a record of its own, and the
/// redirect that follows, a GET, takes it into the session.
/// </summary>
internal sealed class TicketHandover(SessionRuntimes runtimes, TicketProtector protector, string scheme, Func<DateTimeOffset> now)
{
    private const string Prefix = "handover.";

    // Longer than a redirect takes.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the browser may have a session whose cookie it did not send. A session that options have created, and that nothing was put
    /// into, does not count.
    /// </summary>
    public static bool IsNeeded(RequestSession request) =>
        request is { State: null or { IsNew: true, AtRest: null }, Incoming.Sid: null, History.Changes: null }
        && HttpMethods.IsPost(request.Context.Request.Method)
        && RequestOrigin.FindForeign(request.Context.Request, FrozenSet<string>.Empty) is not null;

    /// <summary>Stores a ticket for the next request.</summary>
    /// <returns>The key for the authentication cookie.</returns>
    public async ValueTask<string> StoreAsync(AuthenticationTicket ticket, CancellationToken cancellationToken)
    {
        var key = Prefix + TicketProtector.NewKey();
        var expires = now() + Kept;
        await runtimes
            .Current.NewTicketRecords()
            .CreateAsync(key, scheme, protector.Protect(key, ticket), expires, cancellationToken);
        return key;
    }

    /// <summary>Removes a ticket that was stored for the next request. Of several requests one gets it.</summary>
    /// <returns>The ticket; <see langword="null"/> if there is none, or if another request has got it.</returns>
    public async ValueTask<AuthenticationTicket?> TakeAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var records = runtimes.Current.NewTicketRecords();
        return
            await records.ReadAsync(key, cancellationToken) is { } record
            && records.Find(key, scheme, record) is { } text
            && protector.Unprotect(text, key) is { } ticket
            && await records.TakeAsync(key, record, cancellationToken)
            ? ticket
            : null;
    }
}
