using Microsoft.Extensions.Options;

namespace Session;

/// <summary>Refuses, when the application starts, what would otherwise fail or be ignored by browsers later.</summary>
internal sealed class ServerSessionOptionsValidator : IValidateOptions<ServerSessionOptions>
{
    /// <summary>A secret with fewer characters may be guessed.</summary>
    public const int ShortSecretLength = 32;

    public ValidateOptionsResult Validate(string? name, ServerSessionOptions options)
    {
        var failures = new List<string>();

        if (string.IsNullOrEmpty(options.Secret))
        {
            failures.Add(
                "Server sessions need a secret to sign session ids with. Set ServerSessionOptions.Secret to at least 32 random bytes written as text, "
                + "from configuration or a secret store.");
        }

        else if (options.IsStrict && options.Secret.Length < ShortSecretLength)
        {
            failures.Add($"ServerSessionOptions.Secret is shorter than {ShortSecretLength} characters and may be guessed, which UseStrictDefaults does not allow. Use at least 32 random bytes written as text.");
        }

        if (options.PreviousSecrets.Any(string.IsNullOrEmpty))
        {
            failures.Add("ServerSessionOptions.PreviousSecrets contains an empty secret. Remove it.");
        }

        if (!CookieNames.IsToken(options.Name))
        {
            failures.Add("ServerSessionOptions.Name must be a cookie name: letters, digits and !#$%&'*+-.^_`|~, at least one.");
        }

        if (options.CookiePerRequest is null)
        {
            failures.AddRange(CookieOptionsRules.Check(options.Name, options.Cookie));
        }

        failures.AddRange(LifetimeRules.Check(options));
        failures.AddRange(LimitRules.Check(options));

        if (options.Json is null)
        {
            failures.Add("ServerSessionOptions.Json must not be null.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
