using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Puts a ticket store and the events that it needs into the options of a cookie scheme.</summary>
internal sealed class TicketCookies(
    IOptions<TicketSchemes> schemes,
    IOptions<AuthenticationOptions> authentication,
    IDataProtectionProvider dataProtection,
    IServiceProvider services,
    ILogger<TicketCookies> logger
) : IPostConfigureOptions<CookieAuthenticationOptions>, IValidateOptions<CookieAuthenticationOptions>
{
    public void PostConfigure(string? name, CookieAuthenticationOptions options)
    {
        // A store of the application stays, and is refused by the validation.
        if (Find(name) is not { } scheme || options.SessionStore is not null)
        {
            return;
        }

        // It sets only what is missing. It may be registered behind this one, if AddCookie is called later.
        new PostConfigureCookieAuthenticationOptions(dataProtection).PostConfigure(name, options);
        var settings = scheme.OptionsFor(name!);
        var runtimes = NamedServices.Runtimes(services, settings.SessionName);
        var protector = new TicketProtector(options.DataProtectionProvider ?? dataProtection, name!);
        if (scheme.IsApart)
        {
            var store = new SeparateTicketStore(runtimes, protector, options, name!, logger);
            options.SessionStore = store;
            options.CookieManager = new TicketCookieManager(options, store);
            options.Events = new TicketEvents(options, store);
        }
        else
        {
            var sessions = new TicketSession(runtimes, settings.SessionName);
            var handover = new TicketHandover(runtimes, protector, name!, () => Now(options));
            var store = new SessionTicketStore(sessions, protector, handover, options, name!, settings);
            options.SessionStore = store;
            options.Events = new TicketEvents(options, store);
        }

        options.EventsType = null;
    }

    public ValidateOptionsResult Validate(string? name, CookieAuthenticationOptions options)
    {
        if (Find(name) is null)
        {
            return ValidateOptionsResult.Skip;
        }

        if (options.SessionStore is not TicketStore)
        {
            return Fail(name, "it already has a CookieAuthenticationOptions.SessionStore", "Remove that one");
        }

        return options is { Events: TicketEvents, EventsType: null }
            ? ValidateOptionsResult.Success
            : Fail(
                name,
                "Events or EventsType was replaced by a PostConfigure, so a sign-in could not give the session a new id",
                "Set them with Configure"
            );
    }

    private static DateTimeOffset Now(CookieAuthenticationOptions options) => (options.TimeProvider ?? TimeProvider.System).GetUtcNow();

    private TicketScheme? Find(string? name) => schemes.Value.Find(name, authentication.Value);

    private static ValidateOptionsResult Fail(string? name, string trouble, string remedy) =>
        ValidateOptionsResult.Fail(
            $"Tickets of the authentication scheme \"{name}\" cannot be kept on the server: {trouble}. {remedy}."
        );
}
