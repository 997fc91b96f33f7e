using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Keeps each ticket of a cookie scheme in a record of its own, which expires with the ticket. A sign-in changes the key, so that earlier
/// copies of the authentication cookie are worthless.
/// </summary>
internal sealed class SeparateTicketStore(
    SessionRuntimes runtimes,
    TicketProtector protector,
    CookieAuthenticationOptions options,
    string scheme,
    ILogger logger
) : TicketStore
{
    // Requests that renew the claims of one ticket at once are few.
    private const int MaxAttempts = 8;

    /// <summary>Returns the key that a sign-in of this request has given its ticket. The handler has the former one.</summary>
    public string? NewKeyOf(HttpContext context) => CallsOf(context).NewKey;

    public override async Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(context);
        var records = Records();
        if (
            await records.ReadAsync(key, cancellationToken) is not { } record
            || records.Find(key, scheme, record) is not { } text
            || protector.Unprotect(text, key) is not { } ticket
        )
        {
            return null;
        }

        CallsOf(context).Record = record;
        return ticket;
    }

    /// <summary>Removes a ticket at a sign-out, or if it has expired. A client that disconnects is signed out all the same.</summary>
    public override async Task RemoveAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(context);
        await Records().RemoveAsync(NewKeyOf(context) ?? key, CancellationToken.None);
    }

    protected override async Task<string> SignInAsync(
        string? key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var calls = CallsOf(context);
        var former = calls.NewKey ?? key;
        var next = TicketProtector.NewKey();
        var records = Records();
        await records.CreateAsync(next, scheme, protector.Protect(next, ticket), ExpiryOf(ticket), cancellationToken);
        calls.NewKey = next;
        if (former is not null)
        {
            await records.RemoveAsync(former, CancellationToken.None);
        }

        return next;
    }

    protected override async Task ProlongAsync(
        string key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (CallsOf(context).Record is { } known)
            {
                await ProlongAsync(key, ticket, known, cancellationToken);
            }
        }
        catch (SessionStoreException failure)
        {
            // The page is ready, and the ticket is still valid. The next request prolongs it.
            Log.TicketNotProlonged(logger, runtimes.Current.Backend, scheme, failure);
        }
    }

    private async ValueTask ProlongAsync(
        string key,
        AuthenticationTicket ticket,
        SessionRecord known,
        CancellationToken cancellationToken
    )
    {
        var records = Records();
        var text = protector.Protect(key, ticket);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await records.ReplaceAsync(key, scheme, text, ExpiryOf(ticket), known, cancellationToken) != ConditionalSetResult.Changed)
            {
                return;
            }

            // A later expiry only: what another request has stored since is newer. Claims that were renewed are stored over it.
            if (
                await records.ReadAsync(key, cancellationToken) is not { } fresh
                || records.Find(key, scheme, known) is not { } before
                || protector.Unprotect(before, key) is not { } ticketBefore
                || TicketProtector.HasSameClaims(ticketBefore, ticket)
            )
            {
                return;
            }

            known = fresh;
        }
    }

    private TicketRecords Records() => runtimes.Current.NewTicketRecords();

    private DateTimeOffset ExpiryOf(AuthenticationTicket ticket) =>
        ticket.Properties.ExpiresUtc ?? (options.TimeProvider ?? TimeProvider.System).GetUtcNow() + options.ExpireTimeSpan;
}
