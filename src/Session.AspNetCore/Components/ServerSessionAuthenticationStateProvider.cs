using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// Signs the user of a circuit out once the ticket in the session is no longer valid: after a sign-out in another tab or on another
/// instance, after the session has ended in another way, or after the ticket has expired. For applications that keep the tickets of their
/// default scheme in the session (<c>KeepTicketsInServerSession()</c>).
/// </summary>
/// <remarks>
/// <para>Register it after <c>AddInteractiveServerComponents().AddServerSessionAccessor()</c>:
/// <c>AddScoped&lt;AuthenticationStateProvider, ServerSessionAuthenticationStateProvider&gt;()</c>.</para>
/// <para>Each circuit of a signed-in user reads its session once per <see cref="RevalidationInterval"/>, and does not extend it. If the
/// store fails, the user stays signed in until the next interval: a failure is not a sign-out. It is logged.</para>
/// </remarks>
public class ServerSessionAuthenticationStateProvider : RevalidatingServerAuthenticationStateProvider
{
    private readonly CircuitScope _circuit;
    private readonly ServerSessionAccessor _sessions;
    private readonly SessionTicketStore _tickets;
    private readonly ILogger _logger;

    /// <summary>Initializes a new instance of the class.</summary>
    /// <param name="services">The services of the circuit or of the request.</param>
    /// <param name="loggerFactory">The log.</param>
    /// <exception cref="InvalidOperationException">
    /// The application has no accessor, or does not keep the tickets of its default scheme in the session.
    /// </exception>
    public ServerSessionAuthenticationStateProvider(IServiceProvider services, ILoggerFactory loggerFactory)
        : base(loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(services);
        _circuit =
            services.GetService<CircuitScope>()
            ?? throw new InvalidOperationException(
                "ServerSessionAuthenticationStateProvider needs the sessions of circuits. Call AddServerSessionAccessor() on the result of "
                    + "AddInteractiveServerComponents()."
            );
        _tickets =
            TicketsOf(services)
            ?? throw new InvalidOperationException(
                "ServerSessionAuthenticationStateProvider needs the tickets of the default authentication scheme in the session. Call "
                    + "KeepTicketsInServerSession() on the authentication builder."
            );
        _sessions = new ServerSessionAccessor(_circuit, services.GetRequiredService<IHttpContextAccessor>(), _tickets.SessionName);
        _logger = loggerFactory.CreateLogger<ServerSessionAuthenticationStateProvider>();
    }

    /// <summary>The time between two checks in a circuit.</summary>
    /// <value>One minute, unless a derived class overrides it.</value>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        if (!_circuit.IsOpen)
        {
            // The request has just authenticated the user.
            return true;
        }

        try
        {
            return await _sessions.ReadAsync(cancellationToken) is { } session && _tickets.IsSignedIn(session, authenticationState.User);
        }
        catch (SessionStoreException failure)
        {
            Log.RevalidationFailed(_logger, failure);
            return true;
        }
    }

    private static SessionTicketStore? TicketsOf(IServiceProvider services) =>
        TicketSchemes.DefaultOf(services.GetRequiredService<IOptions<AuthenticationOptions>>().Value) is { } scheme
            ? services.GetService<IOptionsMonitor<CookieAuthenticationOptions>>()?.Get(scheme).SessionStore as SessionTicketStore
            : null;
}
