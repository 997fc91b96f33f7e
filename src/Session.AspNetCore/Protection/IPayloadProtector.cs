namespace ServerSessions;

/// <summary>Encrypts payloads, bound to the name they are kept under. Safe for concurrent use.</summary>
internal interface IPayloadProtector
{
    /// <summary>Encrypts.</summary>
    /// <param name="key">The name that the store keeps the session under: what was sealed for another does not open.</param>
    /// <param name="payload">The payload.</param>
    /// <returns>Text of characters that need no escape in JSON.</returns>
    string Seal(string key, ReadOnlySpan<byte> payload);

    /// <summary>Decrypts.</summary>
    /// <param name="key">The name that it was found under.</param>
    /// <param name="text">What <see cref="Seal"/> gave.</param>
    /// <returns>
    /// The payload; <see langword="null"/> where it is not authentic: another key, another name, changed, or no such text at all.
    /// </returns>
    byte[]? Open(string key, string text);
}
