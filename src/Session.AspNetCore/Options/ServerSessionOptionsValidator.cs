using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Refuses, at start, options that would fail later or that browsers would ignore.</summary>
internal sealed class ServerSessionOptionsValidator(TimeProvider timeProvider) : IValidateOptions<ServerSessionOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerSessionOptions options)
    {
        var failures = SecretRules.Check(options).ToList();

        if (options.Cookie is { } cookie && !CookieNames.IsToken(cookie.Name))
        {
            failures.Add("ServerSessionOptions.Cookie.Name must be a cookie name: letters, digits and !#$%&'*+-.^_`|~, at least one.");
        }

        failures.AddRange(CheckCookie(options));
        failures.AddRange(LifetimeRules.Check(options));
        failures.AddRange(LimitRules.Check(options));
        failures.AddRange(ChoiceRules.Check(options));
        failures.AddRange(ProtectionRules.Check(options));
        failures.AddRange(CrossSiteRules.Check(options));

        if (options.SerializerOptions is null)
        {
            failures.Add("ServerSessionOptions.SerializerOptions must not be null.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> CheckCookie(ServerSessionOptions options)
    {
        if (options.Cookie is null)
        {
            return ["ServerSessionOptions.Cookie must not be null."];
        }

        var ofName = options.EnforceCookieRules && options.Cookie.Name is { } name ? CookieRules.CheckName(name) : [];
        return options switch
        {
            // The options that it returns are checked when a session is created.
            { CookiePerRequest: not null } => ofName,
            { EnforceCookieRules: false } => CookieOptionsRules.CheckGrammar(options.Cookie),
            _ => ofName.Concat(CookieOptionsRules.Check(options.Cookie.Name ?? "", options.Cookie, timeProvider)),
        };
    }
}
