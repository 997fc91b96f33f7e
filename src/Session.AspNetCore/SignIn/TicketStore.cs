using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// What both ticket stores share: telling a sign-in from a ticket that is prolonged. The cookie handler calls <c>Renew</c> for both.
/// </summary>
internal abstract class TicketStore : ITicketStore
{
    /// <summary>Called before the handler stores or renews the ticket of a sign-in.</summary>
    public void OnSigningIn(HttpContext context) => CallsOf(context).IsSignIn = true;

    /// <summary>Called before and after the application validates the ticket, in which it may sign its user out.</summary>
    public void OnValidating(HttpContext context, bool isValidating) => CallsOf(context).IsValidating = isValidating;

    /// <summary>Called if the application has refused the ticket. The handler prolongs it all the same.</summary>
    public void OnRejected(HttpContext context) => CallsOf(context).IsRejected = true;

    /// <summary>Called at each sign-out, also if the request has no valid ticket.</summary>
    public virtual Task OnSigningOutAsync(HttpContext context) => Task.CompletedTask;

    public Task<string> StoreAsync(AuthenticationTicket ticket, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(context);
        return SignInAsync(null, ticket, context, cancellationToken);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(context);
        var calls = CallsOf(context);
        if (calls.IsSignIn)
        {
            calls.IsSignIn = false;
            return SignInAsync(key, ticket, context, cancellationToken);
        }

        return calls.IsRejected ? Task.CompletedTask : ProlongAsync(key, ticket, context, cancellationToken);
    }

    public abstract Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext context, CancellationToken cancellationToken);

    public abstract Task RemoveAsync(string key, HttpContext context, CancellationToken cancellationToken);

    public Task<string> StoreAsync(AuthenticationTicket ticket) => throw WithoutRequest();

    public Task RenewAsync(string key, AuthenticationTicket ticket) => throw WithoutRequest();

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => throw WithoutRequest();

    public Task RemoveAsync(string key) => throw WithoutRequest();

    /// <summary>Stores the ticket of a sign-in.</summary>
    /// <param name="key">The key of the ticket that the request came with, also if it was removed since.</param>
    /// <param name="ticket">The ticket.</param>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The key for the authentication cookie.</returns>
    protected abstract Task<string> SignInAsync(
        string? key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    );

    /// <summary>Replaces a ticket by one with a later expiry, or with claims that the application has renewed.</summary>
    protected abstract Task ProlongAsync(
        string key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    );

    /// <summary>What this store knows of a request.</summary>
    protected TicketCalls CallsOf(HttpContext context)
    {
        if (context.Items.TryGetValue(this, out var known))
        {
            return (TicketCalls)known!;
        }

        var calls = new TicketCalls();
        context.Items.Add(this, calls);
        return calls;
    }

    private static NotSupportedException WithoutRequest([CallerMemberName] string member = "") =>
        new(
            $"{member} needs the request, because the ticket is in its session or its cookie. Call the overload that takes the HttpContext."
        );

    /// <summary>What a ticket store knows of a request.</summary>
    protected sealed class TicketCalls
    {
        /// <summary>Whether the next call of the handler is a sign-in.</summary>
        public bool IsSignIn { get; set; }

        /// <summary>Whether the application validates the ticket.</summary>
        public bool IsValidating { get; set; }

        /// <summary>Whether the application has refused the ticket.</summary>
        public bool IsRejected { get; set; }

        /// <summary>The ticket as it was read.</summary>
        public string? Text { get; set; }

        /// <summary>The record of the ticket as it was read.</summary>
        public SessionRecord? Record { get; set; }

        /// <summary>The key that a sign-in of this request has given its ticket.</summary>
        public string? NewKey { get; set; }
    }
}
