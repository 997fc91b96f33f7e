namespace ServerSessions;

/// <summary>Reads the keys that payloads are encrypted with, and refuses those that hide nothing. No message repeats a key.</summary>
internal static class PayloadKeys
{
    private const string Remedy = "A payload key is the base64 text of 32 random bytes, as `openssl rand -base64 32` prints one.";

    /// <summary>The keys, the current one first.</summary>
    /// <exception cref="ArgumentException">One is absent, no such text, one repeated byte, or there twice.</exception>
    public static IReadOnlyList<byte[]> Read(string? key, IEnumerable<string?> previousKeys)
    {
        var keys = new List<byte[]>();
        foreach (var text in previousKeys.Prepend(key))
        {
            var name = keys.Count == 0 ? "The key" : $"Previous key {keys.Count}";
            var bytes = Decode(text, name);
            if (keys.Exists(known => known.AsSpan().SequenceEqual(bytes)))
            {
                throw Refusal($"{name} of EncryptPayload is listed before: the rotation changes nothing.");
            }

            keys.Add(bytes);
        }

        return keys;
    }

    private static byte[] Decode(string? text, string name)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Refusal($"{name} of EncryptPayload is absent: the setting that it is read from, such as ServerSessions:PayloadKey (environment: ServerSessions__PayloadKey), is not set.");
        }

        var key = new byte[AesGcmPayloadProtector.KeySize];
        if (!Convert.TryFromBase64String(text.Trim(), key, out var length) || length != key.Length)
        {
            throw Refusal($"{name} of EncryptPayload is no key.");
        }

        return key.AsSpan().IndexOfAnyExcept(key[0]) < 0
            ? throw Refusal($"{name} of EncryptPayload is one byte, repeated, and can be guessed.")
            : key;
    }

    private static ArgumentException Refusal(string problem) => new($"{problem} {Remedy}");
}
