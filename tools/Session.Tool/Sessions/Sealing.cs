using ServerSessions.Tool.Opening;

namespace ServerSessions.Tool.Sessions;

/// <summary>What a sealed record that did not open was encrypted with.</summary>
internal enum Sealing
{
    /// <summary>A key of the application's configuration. The tool opens it with that key.</summary>
    Key,

    /// <summary>Data Protection of ASP.NET Core. Its keys and their purpose are the application's, so the tool cannot open it.</summary>
    DataProtection,

    /// <summary>A protector of the application's own.</summary>
    Other,
}

internal static class SealingExtensions
{
    // The base64url text of the four bytes that what Data Protection seals begins with: 09 F0 C9 F0.
    private const string DataProtectionHeader = "CfDJ8";

    public static Sealing Of(string text) =>
        AesGcmPayloadProtector.HasForm(text) ? Sealing.Key
        : text.StartsWith(DataProtectionHeader, StringComparison.Ordinal) ? Sealing.DataProtection
        : Sealing.Other;

    /// <summary>Says why a record, or several, are not read, and what to do.</summary>
    public static string Explain(this Sealing sealing, ProtectionKeys? keys) =>
        sealing switch
        {
            Sealing.DataProtection => "Data Protection encrypts here. Only the application can decrypt: look in its dashboard.",
            Sealing.Other => "The application encrypts with a protector of its own. Only the application can decrypt.",
            _ when keys is null => "Give the key with --protection-key @FILE.",
            _ => "No given key opens it. Add former keys to the file of --protection-key, in further lines.",
        };
}

/// <summary>Counts sealed records that did not open.</summary>
internal sealed class SealedRecords(ProtectionKeys? keys)
{
    private readonly SortedSet<Sealing> _kinds = [];

    public int Count { get; private set; }

    /// <summary>Says why they are not read, and what to do.</summary>
    public string Explanation => string.Join(' ', _kinds.Select(kind => kind.Explain(keys)));

    public void Add(Sealing? sealing)
    {
        Count++;
        _kinds.Add(sealing ?? Sealing.Other);
    }
}
