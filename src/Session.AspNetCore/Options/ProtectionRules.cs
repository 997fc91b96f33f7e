namespace ServerSessions;

/// <summary>The rules for encryption at rest: one way to encrypt, with keys that cannot be guessed.</summary>
internal static class ProtectionRules
{
    /// <summary>What a reload cannot change: sessions that are stored would be none from one request to the next.</summary>
    public static IEnumerable<string> CheckReload(ServerSessionOptions atStart, ServerSessionOptions reloaded) =>
        reloaded.Protection is { } protection && atStart.Protection.Key is null != protection.Key is null
            ? ["ServerSessionOptions.Protection.Key was added or removed, which takes effect with the next start only."]
            : [];

    public static IEnumerable<string> Check(ServerSessionOptions options)
    {
        if (options.Protection is null)
        {
            return ["ServerSessionOptions.Protection must not be null."];
        }

        var keys = PayloadKeys.Check(options.Protection);
        return options is { PayloadProtector: not null, Protection.Key: not null }
            ? keys.Append(
                "ServerSessionOptions.Protection.Key and EncryptPayloadWithDataProtection() are two ways to encrypt payloads. Remove "
                    + "one of them."
            )
            : keys;
    }
}
