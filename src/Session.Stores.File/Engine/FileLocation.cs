using System.Security.Cryptography;

namespace ServerSessions.Stores.File.Engine;

/// <summary>Where things lie in the folder.</summary>
internal sealed class FileLocation(string folder, bool fanOut)
{
    public const int Stripes = 256;

    private const string TemporaryPrefix = ".";
    private const string TemporaryExtension = ".tmp";

    public string Folder => folder;

    public string LockFolder { get; } = Path.Join(folder, ".locks");

    public bool IsFannedOut => fanOut;

    /// <summary>Whether the folder takes <c>A</c> and <c>a</c> for one name. Known once it was opened.</summary>
    public bool FoldsCase { get; set; }

    public string LockOf(int stripe) => Path.Join(LockFolder, $"{stripe:x2}");

    public string FolderOf(int stripe) => fanOut ? Path.Join(folder, $"{stripe >> 4:x}", $"{stripe & 0xf:x}") : folder;

    public string NameOf(string sid) => SessionFileName.Of(sid, FoldsCase);

    public string PathOf(SessionKey key) => Path.Join(FolderOf(key.Stripe), key.Name ?? NameOf(key.Sid!));

    /// <summary>
    /// A name for a file that is being written. It tells the stripe under whose lock that happens: who holds the lock and finds such a file
    /// knows that nobody writes it any more. The rest cannot be guessed.
    /// </summary>
    public string NewTemporary(byte stripe) =>
        Path.Join(
            FolderOf(stripe),
            $"{TemporaryPrefix}{stripe:x2}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}{TemporaryExtension}"
        );

    /// <summary>Whether a name is one of <see cref="NewTemporary"/>.</summary>
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

    /// <summary>Whether a name is one that session-file-store writes to before it renames: that of a session, a dot and a number.</summary>
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

    /// <summary>Whether the folder is made by others: if it is not there, that is a failure, and not a folder without sessions.</summary>
    public bool IsMadeByOthers { get; init; }

    /// <summary>Tells a session that is absent from a folder that is.</summary>
    public void ThrowIfGone()
    {
        if (IsMadeByOthers && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException();
        }
    }
}
