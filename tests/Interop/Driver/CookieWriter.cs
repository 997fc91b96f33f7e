using System.Text;
using System.Text.Json;

namespace ServerSessions.Interop.Driver;

/// <summary>Writes the Cookie header of a request.</summary>
internal sealed class CookieWriter
{
    /// <summary>The id in a <see cref="SentCookie.UnknownSid"/>.</summary>
    public const string UnknownSid = "an-id-that-no-host-has-made";

    private readonly string[] _secrets;

    public CookieWriter(string optionsJson)
    {
        var options = JsonSerializer.Deserialize<JsonElement>(optionsJson);
        Name = options.TryGetProperty("name", out var name) ? name.GetString()! : SessionCookieOptions.DefaultName;
        var secret = options.GetProperty("secret");
        _secrets = secret.ValueKind == JsonValueKind.Array ? secret.Deserialize<string[]>()! : [secret.GetString()!];
    }

    /// <summary>The name of the session cookie.</summary>
    public string Name { get; }

    /// <summary>The secret that values must be signed with.</summary>
    public string Secret => _secrets[0];

    /// <param name="kind">What to send.</param>
    /// <param name="received">The values that the client was given, decoded.</param>
    public string? Write(SentCookie kind, List<string> received)
    {
        if (kind == SentCookie.UnknownSid)
        {
            return Pair(SignedValue.Sign(UnknownSid, Secret));
        }

        if (kind == SentCookie.None || received.Count == 0 || SignedValue.Sid(received[^1]) is not { } sid)
        {
            return null;
        }

        var value = received[^1];
        return kind switch
        {
            SentCookie.Latest => Pair(value),
            SentCookie.First => Pair(received[0]),
            SentCookie.TamperedSignature => Pair(Tamper(value, value.Length - 2)),
            SentCookie.TamperedSid => Pair(Tamper(value, SignedValue.Prefix.Length)),
            SentCookie.Unsigned => Pair(sid),
            SentCookie.PrefixWithoutSignature => Pair(SignedValue.Prefix + sid),
            SentCookie.WrongBeforeRight => $"{Pair(Tamper(value, value.Length - 2))}; {Pair(value)}",
            SentCookie.RightBeforeWrong => $"{Pair(value)}; {Pair(Tamper(value, value.Length - 2))}",
            SentCookie.EmptyBeforeRight => $"{Name}=; {Pair(value)}",
            SentCookie.SignedWithSecondSecret => Pair(SignedValue.Sign(sid, _secrets[^1])),
            SentCookie.SignedWithForeignSecret => Pair(SignedValue.Sign(sid, "a secret of somebody else")),
            SentCookie.PaddedSignature => Pair(value + "="),
            SentCookie.Quoted => $"{Name}=\"{Uri.EscapeDataString(value)}\"",
            SentCookie.OtherCaseBefore => $"{Swapped(Name)}={Uri.EscapeDataString(SignedValue.Sign(UnknownSid, Secret))}; {Pair(value)}",
            SentCookie.AmongOthers => $"theme=dark; x; ={sid}; {Pair(value)} ; lang=de%E4; a=b=c",
            SentCookie.Unescaped => Ascii.IsValid(value) && !value.Contains(';') ? $"{Name}={value}" : Pair(value),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static string Tamper(string value, int index) =>
        string.Concat(value.AsSpan(0, index), value[index] == 'A' ? "B" : "A", value.AsSpan(index + 1));

    private static string Swapped(string name) => name.Any(char.IsUpper) ? name.ToLowerInvariant() : name.ToUpperInvariant();

    private string Pair(string value) => $"{Name}={Uri.EscapeDataString(value)}";
}
