using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>Finds the session of the scope it belongs to: that of a circuit, or that of a request.</summary>
/// <param name="circuit">The circuit of the scope, if it is one.</param>
/// <param name="requests">The request that runs. In a circuit it may be another one, or none.</param>
/// <param name="name">The name of the sessions.</param>
internal sealed class ServerSessionAccessor(CircuitScope circuit, IHttpContextAccessor requests, string name) : IServerSessionAccessor
{
    public async ValueTask<ServerSession?> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (circuit.IsOpen)
        {
            var scope = circuit.Find(name) is { } reference ? await reference.FindAsync(cancellationToken) : null;
            return scope?.ToReadOnly();
        }

        var context = Request();
        return context.GetServerSessionFailure(name) is { } failure
            ? throw new ServerSessionUnavailableException(failure)
            : Existing(context);
    }

    public async ValueTask UpdateAsync(Action<ServerSession> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        await UpdateAsync(
            session =>
            {
                change(session);
                return ValueTask.FromResult(true);
            },
            cancellationToken
        );
    }

    public async ValueTask UpdateAsync(Func<ServerSession, ValueTask> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        await UpdateAsync(
            async session =>
            {
                await change(session);
                return true;
            },
            cancellationToken
        );
    }

    public async ValueTask<T> UpdateAsync<T>(Func<ServerSession, ValueTask<T>> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!circuit.IsOpen)
        {
            return await change(SessionOf(Request()));
        }

        var reference =
            circuit.Find(name) ?? throw new ResponseRequiredException(CannotBegin("a circuit cannot send the cookie of a new one"));
        await using var scope = await reference.OpenAsync(cancellationToken);

        // The visitor does something, which extends the session as a request does.
        scope.Session.Touch();
        var result = await change(scope.Session);
        await scope.SaveAsync(cancellationToken);
        return result;
    }

    /// <exception cref="ResponseRequiredException">The visitor has no session, and the response has started.</exception>
    private ServerSession SessionOf(HttpContext context)
    {
        if (context.Response.HasStarted && context.GetServerSessionFailure(name) is null && Existing(context) is null)
        {
            throw new ResponseRequiredException(CannotBegin("the response has started, so it cannot send the cookie of a new one"));
        }

        return context.GetServerSession(name);
    }

    /// <summary>Returns the session of a request, and creates none.</summary>
    private ServerSession? Existing(HttpContext context) =>
        name.Length == 0 && context.Features.Get<IServerSessionFeature>() is { } replaced and not SessionFeature
            ? replaced.Session
            : new SessionSlot(name).Find(context)?.UseExisting();

    /// <summary>
    /// Returns the request that this scope is of. A request in whose flow code of another scope runs is not that: it may be another
    /// visitor's.
    /// </summary>
    private HttpContext Request() =>
        requests.HttpContext is { } context && ReferenceEquals(context.RequestServices.GetService<CircuitScope>(), circuit)
            ? context
            : throw new InvalidOperationException(
                "There is no session here: this IServerSessionAccessor belongs neither to a request that is running nor to a circuit. "
                    + "Inject it into the component itself, or into a scoped service of the component, and not into a scope of your own "
                    + "(OwningComponentBase, IServiceScopeFactory)."
            );

    private static string CannotBegin(string reason) =>
        $"The session was not changed: the visitor has none, and {reason}. Begin it while the page is rendered, before the first byte: "
            + "call UpdateAsync in OnInitializedAsync of a static or prerendered component, or in a form post.";
}
