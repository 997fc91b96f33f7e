using System.Globalization;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

/// <content>What the folder tells an operator.</content>
public sealed partial class FileSessionStore : IDiagnosableSessionStore
{
    // From here on a folder is slow to list, and FanOut helps (docs/growth.md).
    private const int ManyFiles = 100_000;

    private static readonly string[] NetworkFileSystems = ["nfs", "cifs", "smb", "9p", "fuse", "ceph"];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        using var keys = Keys();
        var (expired, longExpired, files, unreadable) = (0, 0, 0, 0);
        SessionPage<IEnumerator<FileKey>> page;
        do
        {
            page = await ReadPageAsync(SessionStoreOperation.Length, keys, cancellationToken).ConfigureAwait(false);
            unreadable += page.Unreadable;
            files += page.Sessions.Count + page.Unreadable;
            expired += page.Sessions.Count(entry => Clock.HasExpired(entry.Record.Expires));
            longExpired += page.Sessions.Count(entry => Clock.HasExpired(entry.Record.Expires + StoreChecks.LongExpired));
        } while (page.HasMore);

        return
        [
            StoreCheck.Passed(StoreCheckGroup.Rights, "folder", "private, writable, and its locks work"),
            StoreCheck.Of(
                files <= ManyFiles || _location.IsFannedOut,
                StoreCheckGroup.Shape,
                "files",
                string.Create(CultureInfo.InvariantCulture, $"{files:N0} in {_errors.Place}"),
                $"at most {ManyFiles.ToString("N0", CultureInfo.InvariantCulture)} in one folder",
                "Listing and pruning read every file. Copy the sessions to a store with FanOut, or to a database."
            ),
            StoreChecks.Expired(expired, longExpired, "files"),
            StoreCheck.Of(
                unreadable == 0,
                StoreCheckGroup.Content,
                "unreadable files",
                unreadable.ToString("N0", CultureInfo.InvariantCulture),
                "none",
                "These files are no sessions. Look at them, and remove or repair them."
            ),
            .. OfDisk(new DriveInfo(_location.Folder)),
        ];
    }

    private static IEnumerable<StoreCheck> OfDisk(DriveInfo disk)
    {
        yield return StoreChecks.FreeDisk(disk.Name);
        yield return StoreCheck.Of(
            !NetworkFileSystems.Any(kind => disk.DriveFormat.StartsWith(kind, StringComparison.OrdinalIgnoreCase)),
            StoreCheckGroup.Safety,
            "file system",
            disk.DriveFormat,
            "one of this machine",
            "Locks and renames on a network file system may fail without a word. Use a local disk, or a database."
        );
    }
}
