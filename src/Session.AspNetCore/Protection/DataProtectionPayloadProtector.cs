using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>Encrypts with ASP.NET Core Data Protection, which manages and rotates the keys. The store key is part of the purpose.</summary>
internal sealed class DataProtectionPayloadProtector(IDataProtectionProvider provider) : IPayloadProtector
{
    // The base64url text of the four bytes that what Data Protection seals begins with: 09 F0 C9 F0.
    private const string Header = "CfDJ8";

    private readonly IDataProtector _protector = provider.CreateProtector("Session.Payload.v1");

    /// <summary>The version of Data Protection in use.</summary>
    public string Version { get; } = DataProtectionVersion.Of(provider);

    /// <summary>Whether this version accepts forged payloads.</summary>
    public bool AcceptsForgeries => DataProtectionVersion.AcceptsForgeries(Version);

    /// <summary>Whether a text begins like one that Data Protection has sealed.</summary>
    public static bool HasForm(string text) => text.StartsWith(Header, StringComparison.Ordinal);

    public string Seal(string key, ReadOnlySpan<byte> payload) =>
        Base64Url.EncodeToString(_protector.CreateProtector(key).Protect(payload.ToArray()));

    public byte[]? Open(string key, string text)
    {
        var box = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, box, out var length))
        {
            return null;
        }

        try
        {
            return _protector.CreateProtector(key).Unprotect(box[..length]);
        }
        catch (CryptographicException error) when (error.InnerException is null)
        {
            // With an inner exception it is no refusal: the keys could not be read.
            return null;
        }
    }
}
