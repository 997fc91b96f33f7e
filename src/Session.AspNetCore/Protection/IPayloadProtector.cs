namespace ServerSessions;

/// <summary>Encrypts payloads, bound to their store key. Safe for concurrent use.</summary>
internal interface IPayloadProtector
{
    /// <summary>Encrypts a payload.</summary>
    /// <param name="key">The key under which the store keeps the session. The text cannot be decrypted with another one.</param>
    /// <param name="payload">The payload.</param>
    /// <returns>Text of characters that need no escape in JSON.</returns>
    string Seal(string key, ReadOnlySpan<byte> payload);

    /// <summary>Decrypts a payload.</summary>
    /// <param name="key">The key under which the text was found.</param>
    /// <param name="text">The text that <see cref="Seal"/> returned.</param>
    /// <returns>
    /// The payload; <see langword="null"/> if the text is not authentic: another encryption key, another store key, changed, or not in this
    /// format.
    /// </returns>
    byte[]? Open(string key, string text);
}
