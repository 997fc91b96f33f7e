using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Testing;

/// <summary>
/// A request with a session and without a server, for unit tests of code that takes a <see cref="ServerSession"/> or an
/// <see cref="Microsoft.AspNetCore.Http.HttpContext"/>. The session is a real one with its own memory store, so all operations work.
/// </summary>
/// <remarks>
/// <see cref="EndRequestAsync"/> does what the middleware does at the end of a request. <see cref="NextRequestAsync"/> shows what a later
/// request finds. Use <c>TestServer</c> for what needs a server: a response that has started, incoming cookies, error responses. Not safe
/// for concurrent use.
/// </remarks>
public sealed class TestServerSession : IDisposable
{
    private const string Secret = "the secret of a session that is in tests only";

    private readonly ServiceProvider _services;
    private readonly SessionFeature _feature;
    private readonly bool _ownsServices;

    private TestServerSession(ServiceProvider services, SessionFeature feature, ServerSession session, bool ownsServices)
    {
        (_services, _feature, _ownsServices) = (services, feature, ownsServices);
        Session = session;
    }

    /// <summary>The session for the code under test. After it was destroyed or unset its members throw, as in an application.</summary>
    public ServerSession Session { get; }

    /// <summary>
    /// The request of the session: <c>HttpContext.GetServerSession()</c> returns the session, and <c>HttpContext.Session</c> shows it.
    /// </summary>
    public HttpContext HttpContext => _feature.Request.Context;

    /// <summary>Whether the request no longer has a session: it was destroyed, unset, or ended by another request.</summary>
    public bool HasEnded => _feature.Request.Live is null;

    /// <summary>
    /// Begins a request with a session. With values, the session is one that an earlier request has stored
    /// (<see cref="ServerSession.IsNew"/> is <see langword="false"/>). Without values it is new and not stored.
    /// </summary>
    /// <param name="values">
    /// Sets the values that an earlier request has stored. <see langword="null"/>: there was no earlier request.
    /// </param>
    /// <param name="configure">
    /// Sets the options. <see cref="ServerSessionOptions.Secret"/> already has a value. <see cref="ServerSessionOptions.Store"/> can for
    /// example be a store that fails.
    /// </param>
    /// <param name="timeProvider">The clock of sessions and of the store. <see langword="null"/>: the system's clock.</param>
    /// <param name="context">The request to use. <see langword="null"/>: a new <see cref="DefaultHttpContext"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The request. Disposing it releases the store.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are not valid.</exception>
    public static async ValueTask<TestServerSession> CreateAsync(
        Action<ServerSession>? values = null,
        Action<ServerSessionOptions>? configure = null,
        TimeProvider? timeProvider = null,
        HttpContext? context = null,
        CancellationToken cancellationToken = default
    )
    {
        var services = Services(configure, timeProvider ?? TimeProvider.System);
        try
        {
            if (values is null)
            {
                return await BeginAsync(services, context, null, ownsServices: true, cancellationToken);
            }

            var earlier = await BeginAsync(services, null, null, ownsServices: false, cancellationToken);
            values(earlier.Session);
            await earlier.Session.SaveAsync(cancellationToken);
            return await BeginAsync(services, context, earlier.Session.Id, ownsServices: true, cancellationToken);
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends the request as the middleware does: a changed session is stored, an unchanged stored session is touched, and a due
    /// cookie is added to the response headers. Idempotent. A new id is refused afterwards.
    /// </summary>
    /// <returns>A task that completes once the store has acknowledged.</returns>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    /// <exception cref="SessionCookieException">The request has set cookie attributes with which browsers drop the cookie.</exception>
    public async ValueTask EndRequestAsync()
    {
        if (_feature.Hooks is { } hooks)
        {
            await hooks.Commit.CommitStoreAsync();
            hooks.PassOn();
            await hooks.Commit.CommitHeadersAsync();
            hooks.Dispose();
        }
    }

    /// <summary>Begins another request to the same application, with the same store and options.</summary>
    /// <param name="sid">
    /// The session id that the request brings, as from a signed cookie. <see langword="null"/>: the current id of this request. If the
    /// store does not have it, the session is new and has another id.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The request. Usable until the first one is disposed.</returns>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public ValueTask<TestServerSession> NextRequestAsync(string? sid = null, CancellationToken cancellationToken = default) =>
        BeginAsync(_services, null, sid ?? Session.Id, ownsServices: false, cancellationToken);

    /// <summary>
    /// Releases the store if <see cref="CreateAsync"/> returned this object; otherwise does nothing. Without it a test keeps a little
    /// memory.
    /// </summary>
    public void Dispose()
    {
        if (_ownsServices)
        {
            _services.Dispose();
        }
    }

    private static ServiceProvider Services(Action<ServerSessionOptions>? configure, TimeProvider timeProvider)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(timeProvider);
        services.AddSingleton(new UserSessionsName("", IsOptional: true));
        services
            .AddServerSessions(options =>
            {
                options.Secret = Secret;
                configure?.Invoke(options);
            })
            .AddMemoryStore()
            .AddUserSessions();
        return services.BuildServiceProvider();
    }

    private static async ValueTask<TestServerSession> BeginAsync(
        ServiceProvider services,
        HttpContext? context,
        string? sid,
        bool ownsServices,
        CancellationToken cancellationToken
    )
    {
        var feature = services.GetRequiredService<SessionRuntimes>().Current.NewFeature(context ?? new DefaultHttpContext());
        feature.Request.Context.Features.Set<ISessionFeature>(feature);
        feature.Enter(EndpointRules.None);
        feature.ReadCookieOptions();
        if (sid is not null)
        {
            await feature.BeginWithAsync(sid, cancellationToken);
        }

        return new TestServerSession(services, feature, feature.FindOrCreate()!, ownsServices);
    }
}
