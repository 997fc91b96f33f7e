using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Refuses, when the application starts, schemes whose tickets cannot be kept on the server.</summary>
internal sealed class TicketSchemesValidator(
    IOptions<TicketSchemes> schemes,
    IOptions<AuthenticationOptions> authentication,
    IOptionsMonitor<CookieAuthenticationOptions> cookies,
    IServiceProvider services
) : IValidateOptions<TicketStart>
{
    public ValidateOptionsResult Validate(string? name, TicketStart options)
    {
        var failures = schemes.Value.All.Select(Check).OfType<string>().ToList();
        return failures is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private string? Check(TicketScheme asked)
    {
        if (asked.NameIn(authentication.Value) is not { } scheme)
        {
            return "Tickets cannot be kept on the server: there is no default authenticate scheme. Name the cookie schemes: "
                + "KeepTicketsInServerSession(\"Cookies\").";
        }

        var type = authentication.Value.SchemeMap.TryGetValue(scheme, out var found) ? found.HandlerType : null;
        if (type is null || !typeof(CookieAuthenticationHandler).IsAssignableFrom(type))
        {
            var trouble = type is null ? "is not registered" : "is not a cookie scheme";
            return $"Tickets of the authentication scheme \"{scheme}\" cannot be kept on the server: it {trouble}. Name a scheme that "
                + "AddCookie or AddIdentity has added.";
        }

        if (schemes.Value.Find(scheme, authentication.Value)!.IsApart != asked.IsApart)
        {
            return $"Tickets of the authentication scheme \"{scheme}\" cannot be kept both in the session and apart from it. Call either "
                + "KeepTicketsInServerSession or KeepTicketsInSessionStore for it.";
        }

        var sessions = NamedServices.Runtimes(services, asked.OptionsFor(scheme).SessionName).Current.Options;
        if (sessions.AllowReservedKeys && !asked.IsApart)
        {
            return $"KeepTicketsInServerSession needs the key {ReservedKeys.Tickets} for itself. Remove "
                + "ServerSessionOptions.AllowReservedKeys, or call KeepTicketsInSessionStore.";
        }

        // Validates the options of the scheme now, not with the first request.
        _ = cookies.Get(scheme);
        return null;
    }
}

/// <summary>
/// Options without a member, which the host validates at start. The schemes themselves are read while the options of a cookie are made, so
/// they must not be validated by reading those.
/// </summary>
internal sealed class TicketStart;
