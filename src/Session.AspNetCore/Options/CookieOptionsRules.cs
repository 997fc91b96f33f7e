namespace Session;

/// <summary>The rules that browsers and the cookie grammar hold a session cookie to (RFC 6265 and its successor draft, CHIPS).</summary>
internal static class CookieOptionsRules
{
    private const string HostPrefix = "__Host-";
    private const string SecurePrefix = "__Secure-";

    // Browsers drop a cookie whose name and value are longer, and ignore a longer attribute value.
    private const int MaxCookieLength = 4096;
    private const int MaxAttributeLength = 1024;

    public static IEnumerable<string> Check(string name, SessionCookieOptions? cookie)
    {
        if (cookie is null)
        {
            yield return "ServerSessionOptions.Cookie must not be null.";
            yield break;
        }

        var probe = new SessionCookie(TimeProvider.System);
        if (Refused(() => probe.Path = cookie.Path) is { } path)
        {
            yield return $"Cookie.Path is refused. {path}";
        }

        if (Refused(() => probe.Domain = cookie.Domain) is { } domain)
        {
            yield return $"Cookie.Domain is refused. {domain}";
        }

        if (name.Length + CookieSigner.MaxValueLength > MaxCookieLength)
        {
            yield return $"ServerSessionOptions.Name is too long: with the longest session id the cookie would pass {MaxCookieLength} bytes, and browsers drop it.";
        }

        if (cookie.Path?.Length > MaxAttributeLength || cookie.Domain?.Length > MaxAttributeLength)
        {
            yield return $"Cookie.Path and Cookie.Domain may have {MaxAttributeLength} characters at most; browsers ignore longer ones.";
        }

        var always = cookie.Secure == SessionCookieSecure.Always;
        if (cookie.SameSite == SessionSameSite.None && !always)
        {
            yield return "Cookie.SameSite = None needs Cookie.Secure = Always: browsers drop the cookie otherwise. (SameSite = Auto chooses None over https only.)";
        }

        if (cookie.Partitioned == true && !always)
        {
            yield return "Cookie.Partitioned needs Cookie.Secure = Always: browsers drop the cookie otherwise.";
        }

        // Browsers compare the prefixes without regard to case, so __HOST- promises the same to some of them.
        if (name.StartsWith(HostPrefix, StringComparison.OrdinalIgnoreCase))
        {
            if (!name.StartsWith(HostPrefix, StringComparison.Ordinal))
            {
                yield return $"Write the cookie name prefix as {HostPrefix}: browsers treat other spellings differently.";
            }

            if (!always || cookie.Path != "/" || !string.IsNullOrEmpty(cookie.Domain))
            {
                yield return $"A cookie name that starts with {HostPrefix} needs Cookie.Secure = Always, Cookie.Path = \"/\" and no Cookie.Domain.";
            }
        }

        if (name.StartsWith(SecurePrefix, StringComparison.OrdinalIgnoreCase) && (!always || !name.StartsWith(SecurePrefix, StringComparison.Ordinal)))
        {
            yield return $"A cookie name that starts with {SecurePrefix}, spelled like this, needs Cookie.Secure = Always.";
        }
    }

    private static string? Refused(Action assignment)
    {
        try
        {
            assignment();
            return null;
        }
        catch (ArgumentException refusal)
        {
            // Only the rule, without the "(Parameter 'value')" that .NET appends.
            return refusal.Message.Split(" (Parameter")[0];
        }
    }
}
