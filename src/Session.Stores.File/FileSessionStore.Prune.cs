using ServerSessions.Stores.File.Connection;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

public sealed partial class FileSessionStore
{
    /// <summary>The age from which a temporary file of Node is removed. Node takes no lock that could show its use.</summary>
    private static readonly TimeSpan NodeTemporaryAge = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <c>PruneInterval</c>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public event EventHandler<PruneRun>? Pruned
    {
        add => _pruner.Ended += value;
        remove => _pruner.Ended -= value;
    }

    /// <inheritdoc/>
    public TimeSpan PruneInterval => _pruner.Interval;

    /// <summary>
    /// Removes at most <paramref name="batch"/> expired sessions, each under its lock, and temporary files of killed processes, which are
    /// not counted. Reads every file, so one call with a large batch is cheaper than many calls with small batches. Files that are not
    /// sessions stay.
    /// </summary>
    /// <inheritdoc/>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        using var keys = Keys();
        var (removed, unreadable) = (0, 0);
        SessionPage<IEnumerator<FileKey>> page;
        do
        {
            page = await ReadPageAsync(SessionStoreOperation.Prune, keys, cancellationToken).ConfigureAwait(false);
            unreadable += page.Unreadable;
            foreach (var entry in page.Sessions.Where(entry => Clock.HasExpired(entry.Record.Expires)))
            {
                removed += await RemoveIfExpiredAsync(entry.Sid, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                if (removed == batch)
                {
                    break;
                }
            }
        } while (page.HasMore && removed < batch);

        if (unreadable > 0)
        {
            WarnOfUnreadable(unreadable);
        }

        await RemoveOrphansAsync(cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private ValueTask<bool> RemoveIfExpiredAsync(string sid, CancellationToken cancellationToken)
    {
        var key = FileKey.OfSid(sid);
        return _folder.WriteAsync(
            SessionStoreOperation.Prune,
            key.Stripe,
            () =>
            {
                try
                {
                    // The session may have been touched since it was found.
                    if (_files.Read(key) is not { } session || !Clock.HasExpired(session.Expires))
                    {
                        return false;
                    }
                }
                catch (Exception error) when (error is UnreadableFileException or RefusedEntryException)
                {
                    return false;
                }

                _files.Delete(key);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>Runs on a worker's thread after each opening.</summary>
    private void Opened(UnixFileMode? openToOthers)
    {
        LogKeptIn(_errors.Place);
        if (openToOthers is { } mode)
        {
            Log.FolderOpenToOthers(Logger, _shown, Convert.ToString((int)mode, 8));
        }

        _pruner.Start();
        lock (_sweeping)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _sweep = SweepAsync();
            }
        }
    }

    /// <summary>Removes temporary files in the background after the opening. Throws nothing.</summary>
    private async Task SweepAsync()
    {
        try
        {
            await RemoveOrphansAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The store is being disposed.
        }
        catch (Exception error)
        {
            Log.OrphanSweepFailed(Logger, error);
        }
    }

    private async Task RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        using var temporaries = SessionListing.Temporaries(_location, _trust).GetEnumerator();
        while (await _folder.ReadAsync(SessionStoreOperation.Prune, temporaries.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            var path = temporaries.Current;
            if (FileLocation.IsTemporary(Path.GetFileName(path.AsSpan()), out var stripe))
            {
                // Under the lock no process writes the file.
                removed += await _folder
                    .WriteAsync(SessionStoreOperation.Prune, stripe, () => Remove(path), cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                removed += await _folder
                    .ReadAsync(SessionStoreOperation.Prune, () => IsOld(path) ? Remove(path) : 0, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        if (removed > 0)
        {
            Log.OrphansRemoved(Logger, removed);
        }
    }

    private bool IsOld(string path) => System.IO.File.GetLastWriteTimeUtc(path) < Clock.Now.UtcDateTime - NodeTemporaryAge;

    private static int Remove(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return 0;
        }

        System.IO.File.Delete(path);
        return 1;
    }
}
