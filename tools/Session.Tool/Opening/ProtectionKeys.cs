namespace ServerSessions.Tool.Opening;

/// <summary>The keys with which an application encrypts its sessions, from a file or from <c>SESSION_PROTECTION_KEY</c>.</summary>
internal sealed class ProtectionKeys
{
    public const string Variable = "SESSION_PROTECTION_KEY";

    private ProtectionKeys(IReadOnlyList<string> texts, IPayloadProtector protector) => (Texts, Protector) = (texts, protector);

    /// <summary>The keys as the application's configuration has them, the current one first.</summary>
    public IReadOnlyList<string> Texts { get; }

    public IPayloadProtector Protector { get; }

    /// <param name="given">The text of the command line; <see langword="null"/>: the variable decides.</param>
    /// <param name="around">Has the variable.</param>
    /// <returns>The keys; <see langword="null"/> if there are none.</returns>
    /// <exception cref="ToolException">The file cannot be read, or a line is no key.</exception>
    public static ProtectionKeys? Read(string? given, Surroundings around)
    {
        if (given is not (null or ['@', ..]))
        {
            throw new ToolException("--protection-key takes @FILE: on the command line a key is visible to other users of the machine.");
        }

        var text = given is null ? around.Variable(Variable) : SecretFile.Read(given[1..], "protection key");
        string[] texts = [.. (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return texts.Length == 0 ? null : new ProtectionKeys(texts, new AesGcmPayloadProtector(texts.Select(Decode)));
    }

    private static byte[] Decode(string text)
    {
        var key = new byte[AesGcmPayloadProtector.KeySize];
        return Convert.TryFromBase64String(text, key, out var length) && length == key.Length
            ? key
            : throw new ToolException(
                "A protection key is the base64 text of 32 bytes: Protection:Key of the application's configuration. Several stand in "
                    + "lines, the current one first."
            );
    }
}
