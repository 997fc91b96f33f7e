namespace ServerSessions;

/// <summary>Reads the keys that encrypt payloads, and refuses keys that can be guessed. No message contains a key.</summary>
internal static class PayloadKeys
{
    private const string Option = "ServerSessionOptions.Protection";
    private const string Remedy = "A payload key is the base64 text of 32 random bytes, such as the output of `openssl rand -base64 32`.";

    /// <summary>Returns what is wrong with each key.</summary>
    public static IEnumerable<string> Check(SessionProtectionOptions protection)
    {
        if (protection.Key is null && protection.PreviousKeys.Count > 0)
        {
            yield return $"{Option}.PreviousKeys has keys, and {Option}.Key is not set: sessions would be stored unencrypted. {Remedy}";
        }

        if (protection.Key is null && protection.IsKeyAssigned())
        {
            yield return $"{Option}.Key was set to null: the setting from which it is read, such as ServerSessions:Protection:Key "
                + $"(environment: ServerSessions__Protection__Key), is absent. {Remedy}";
        }

        var seen = new List<byte[]>();
        foreach (var (name, text) in Named(protection))
        {
            if (Flaw(text, seen) is { } flaw)
            {
                yield return $"{Option}.{name} {flaw} {Remedy}";
            }
        }
    }

    /// <summary>Returns the keys of validated options, the current one first.</summary>
    public static IReadOnlyList<byte[]> Read(SessionProtectionOptions protection) =>
        [.. Named(protection).Select(static key => Decode(key.Text)!)];

    /// <summary>The texts of the keys, the current one first. None, if payloads are not encrypted with keys.</summary>
    public static IReadOnlyList<string> All(SessionProtectionOptions protection) =>
        [.. Named(protection).Select(static key => key.Text ?? "")];

    private static IEnumerable<(string Name, string? Text)> Named(SessionProtectionOptions protection)
    {
        var previous = protection.PreviousKeys.Select(static (text, index) => ($"PreviousKeys[{index}]", (string?)text));
        return protection.Key is { } key ? previous.Prepend((nameof(protection.Key), key)) : previous;
    }

    private static string? Flaw(string? text, List<byte[]> seen)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "is empty.";
        }

        if (Decode(text) is not { } key)
        {
            return "is no key.";
        }

        if (key.AsSpan().IndexOfAnyExcept(key[0]) < 0)
        {
            return "is one byte, repeated, and can be guessed.";
        }

        if (seen.Exists(known => known.AsSpan().SequenceEqual(key)))
        {
            return "is listed before: the rotation changes nothing.";
        }

        seen.Add(key);
        return null;
    }

    private static byte[]? Decode(string? text)
    {
        var key = new byte[AesGcmPayloadProtector.KeySize];
        return text is not null && Convert.TryFromBase64String(text.Trim(), key, out var length) && length == key.Length ? key : null;
    }
}
