using System.Runtime.CompilerServices;
using ServerSessions.Stores.File.Engine;

namespace ServerSessions.Stores.File;

public sealed partial class FileSessionStore
{
    /// <summary>The most files on a page.</summary>
    private const int PageFiles = 64;

    /// <summary>
    /// 1 MiB: a page ends with the session that exceeds it. This bounds the memory of a listing.
    /// </summary>
    private const int PageBytes = 1024 * 1024;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await foreach (var session in ReadAllAsync(SessionStoreOperation.All, static _ => true, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The session may have expired while the caller handled earlier entries.
            if (!IsExpired(session))
            {
                yield return new SessionEntry(session.Sid, session.ToRecord());
            }
        }
    }

    /// <summary>Counts the sessions that are not expired. Reads every file.</summary>
    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var length = 0L;
        await foreach (var session in ReadAllAsync(SessionStoreOperation.Length, static _ => true, cancellationToken).ConfigureAwait(false))
        {
            length += IsExpired(session) ? 0 : 1;
        }

        return length;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        using var keys = SessionListing.Sessions(_location, _trust).GetEnumerator();
        while (await _folder.ReadAsync(SessionStoreOperation.Clear, keys.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            var key = keys.Current;
            await _folder
                .WriteAsync(
                    SessionStoreOperation.Clear,
                    key.Stripe,
                    () =>
                    {
                        _files.Delete(key);
                        return true;
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>Reads all files in pages and yields the selected sessions, expired or not.</summary>
    private async IAsyncEnumerable<StoredSession> ReadAllAsync(
        SessionStoreOperation operation,
        Func<StoredSession, bool> wanted,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        IEnumerator<SessionKey>? keys = null;
        var unreadable = 0;
        var more = true;
        try
        {
            while (more)
            {
                // Opens the folder, which must happen before its names are read.
                var page = await _folder
                    .ReadAsync(
                        operation,
                        () => ReadPage(keys ??= SessionListing.Sessions(_location, _trust).GetEnumerator()),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                unreadable += page.Unreadable;
                more = page.HasMore;
                foreach (var session in page.Sessions)
                {
                    if (wanted(session))
                    {
                        yield return session;
                    }
                }
            }
        }
        finally
        {
            keys?.Dispose();
        }

        if (unreadable > 0)
        {
            Log.UnreadableFiles(_logger, unreadable, _shown);
        }
    }

    private (List<StoredSession> Sessions, int Unreadable, bool HasMore) ReadPage(IEnumerator<SessionKey> keys)
    {
        var sessions = new List<StoredSession>();
        var unreadable = 0;
        for (var (files, bytes) = (0, 0); files < PageFiles && bytes < PageBytes; files++)
        {
            if (!keys.MoveNext())
            {
                return (sessions, unreadable, HasMore: false);
            }

            try
            {
                if (_files.Read(keys.Current) is { } session)
                {
                    sessions.Add(session);
                    bytes += session.Payload.Length;
                }
            }
            catch (Exception error) when (error is UnreadableFileException or RefusedEntryException)
            {
                unreadable++;
            }
        }

        return (sessions, unreadable, HasMore: true);
    }
}
