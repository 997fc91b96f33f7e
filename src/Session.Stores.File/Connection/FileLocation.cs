using System.Security.Cryptography;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File.Connection;

/// <summary>The names and paths in the folder.</summary>
internal sealed class FileLocation(string folder, bool fanOut)
{
    public const int Stripes = 256;

    private const string TemporaryPrefix = ".";
    private const string TemporaryExtension = ".tmp";

    public string Folder => folder;

    public string LockFolder { get; } = Path.Join(folder, ".locks");

    public bool IsFannedOut => fanOut;

    /// <summary>Whether the folder is case-insensitive. Known once it is opened.</summary>
    public bool FoldsCase { get; set; }

    public string LockOf(int stripe) => Path.Join(LockFolder, $"{stripe:x2}");

    public string FolderOf(int stripe) => fanOut ? Path.Join(folder, $"{stripe >> 4:x}", $"{stripe & 0xf:x}") : folder;

    public string NameOf(string sid) => SessionFileName.Of(sid, FoldsCase);

    public string PathOf(FileKey key) => Path.Join(FolderOf(key.Stripe), key.Name ?? NameOf(key.Sid!));

    /// <summary>
    /// Returns a name for a file that is being written. It contains the stripe whose lock the writer holds: a process that holds that lock
    /// and finds such a file has found an orphan. The rest is unguessable.
    /// </summary>
    public string NewTemporary(byte stripe) =>
        Path.Join(
            FolderOf(stripe),
            $"{TemporaryPrefix}{stripe:x2}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}{TemporaryExtension}"
        );

    /// <summary>Whether a name was made by <see cref="NewTemporary"/>.</summary>
    public static bool IsTemporary(ReadOnlySpan<char> name, out byte stripe)
    {
        stripe = 0;
        return name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
            && name.EndsWith(TemporaryExtension, StringComparison.Ordinal)
            && name.Length > 4
            && name[3] == '-'
            && byte.TryParse(
                name.Slice(1, 2),
                System.Globalization.NumberStyles.AllowHexSpecifier,
                System.Globalization.CultureInfo.InvariantCulture,
                out stripe
            );
    }

    /// <summary>Whether a name is a temporary file of session-file-store: a session's name, a dot and a number.</summary>
    public static bool IsNodeTemporary(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0
            && name[..dot].EndsWith(SessionFileName.Extension, StringComparison.Ordinal)
            && uint.TryParse(
                name[(dot + 1)..],
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out _
            );
    }

    /// <summary>Whether the store does not create the folder, so that a missing folder is an error and not an empty folder.</summary>
    public bool IsMadeByOthers { get; init; }

    /// <summary>Throws if the folder is missing, to distinguish a missing folder from an absent session.</summary>
    public void ThrowIfGone()
    {
        if (IsMadeByOthers && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException();
        }
    }
}
