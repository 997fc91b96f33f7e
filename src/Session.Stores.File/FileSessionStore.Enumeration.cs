using System.Runtime.CompilerServices;
using ServerSessions.Stores.File.Connection;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

/// <content>The operations on all sessions. Each step of them is a call of its own.</content>
public sealed partial class FileSessionStore
{
    /// <summary>The most files on a page.</summary>
    private const int PageFiles = 64;

    /// <summary>
    /// 1 MiB: a page ends with the session that exceeds it. This bounds the memory of a listing.
    /// </summary>
    private const int PageBytes = 1024 * 1024;

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
        ListAsync(SessionStoreOperation.All, cancellationToken);

    /// <summary>Counts the sessions that are not expired. Reads every file.</summary>
    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var length = 0L;
        await foreach (var entry in ListAsync(SessionStoreOperation.Length, cancellationToken).ConfigureAwait(false))
        {
            length++;
        }

        return length;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        using var keys = Keys();
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

    private async IAsyncEnumerable<SessionEntry> ListAsync(
        SessionStoreOperation operation,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ThrowIfDisposed();
        using var keys = Keys();
        await foreach (
            var entry in PagedListing
                .ReadAsync(keys, (rest, cancel) => ReadPageAsync(operation, rest, cancel), Clock, WarnOfUnreadable, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            yield return entry;
        }
    }

    /// <summary>Enumerates the sessions. Reads no name before the first step, which must follow the opening of the folder.</summary>
    private IEnumerator<FileKey> Keys() => SessionListing.Sessions(_location, _trust).GetEnumerator();

    /// <summary>Reads the sessions of the next files, expired or not.</summary>
    private ValueTask<SessionPage<IEnumerator<FileKey>>> ReadPageAsync(
        SessionStoreOperation operation,
        IEnumerator<FileKey> keys,
        CancellationToken cancellationToken
    ) =>
        _folder.ReadAsync(
            operation,
            () =>
            {
                var page = new SessionPage<IEnumerator<FileKey>> { Next = keys, HasMore = true };
                for (var (files, bytes) = (0, 0); files < PageFiles && bytes < PageBytes && page.HasMore; files++)
                {
                    page.HasMore = keys.MoveNext();
                    if (page.HasMore)
                    {
                        bytes += Read(keys.Current, page);
                    }
                }

                return page;
            },
            cancellationToken
        );

    /// <returns>The bytes of the session.</returns>
    private int Read(FileKey key, SessionPage<IEnumerator<FileKey>> page)
    {
        try
        {
            if (_files.Read(key) is { } session)
            {
                page.Sessions.Add(new SessionEntry(session.Sid, session.ToRecord()));
                return session.Payload.Length;
            }
        }
        catch (Exception error) when (error is UnreadableFileException or RefusedEntryException)
        {
            page.Unreadable++;
        }

        return 0;
    }

    private void WarnOfUnreadable(int count) => StoreLog.Unreadable(Logger, count, $"files of {_errors.Place}");
}
