using System.Runtime.CompilerServices;
using ServerSessions.Payload;
using ServerSessions.Stores.Redis.Statements;

namespace ServerSessions.Stores.Redis;

/// <content>The optional methods.</content>
public sealed partial class RedisSessionStore
{
    /// <summary>Whether the prefix is empty. Then only its content shows whether a key is a session.</summary>
    private bool IsWholeDatabase => _settings.Prefix.Length == 0;

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
        PagedListing.ReadAsync<KeyScan?>(null, PageAsync, Clock, LogUnreadable, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        var count = 0L;
        await foreach (var sids in SessionsAsync(SessionStoreOperation.Length, cancellationToken).ConfigureAwait(false))
        {
            count += sids.Count;
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var sids in SessionsAsync(SessionStoreOperation.Clear, cancellationToken).ConfigureAwait(false))
        {
            var deadline = Deadline();
            await Task.WhenAll(
                    sids.Select(sid =>
                        _commands
                            .RunAsync(SessionStoreOperation.Clear, RedisScript.Destroy, sid, [default], deadline, cancellationToken)
                            .AsTask()
                    )
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>Reads the next page of a listing, which begins with <see langword="null"/>.</summary>
    private async ValueTask<SessionPage<KeyScan?>> PageAsync(KeyScan? scan, CancellationToken cancellationToken)
    {
        scan ??= Scan(SessionStoreOperation.All, stringsOnly: IsWholeDatabase);
        var sids = await scan.NextAsync(cancellationToken).ConfigureAwait(false);
        var page = new SessionPage<KeyScan?> { Next = scan, HasMore = scan.HasMore };
        foreach (var (entry, isUnreadable) in await ReadAllAsync(SessionStoreOperation.All, sids, cancellationToken).ConfigureAwait(false))
        {
            page.Unreadable += isUnreadable ? 1 : 0;
            if (entry is { } session)
            {
                page.Sessions.Add(session);
            }
        }

        return page;
    }

    /// <summary>The sids of the sessions, in pages.</summary>
    private async IAsyncEnumerable<IReadOnlyCollection<string>> SessionsAsync(
        SessionStoreOperation operation,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var scan = Scan(operation, stringsOnly: true);
        while (scan.HasMore)
        {
            var sids = await scan.NextAsync(cancellationToken).ConfigureAwait(false);
            yield return IsWholeDatabase
                ? [.. (await ReadAllAsync(operation, sids, cancellationToken).ConfigureAwait(false)).Select(Sid).OfType<string>()]
                : [.. sids.OfType<string>()];
        }

        static string? Sid((SessionEntry? Entry, bool IsUnreadable) read) => read.Entry?.Sid;
    }

    private KeyScan Scan(SessionStoreOperation operation, bool stringsOnly)
    {
        ThrowIfDisposed();
        return new KeyScan(_connection, _errors, _settings, operation, stringsOnly);
    }

    private Task<(SessionEntry? Entry, bool IsUnreadable)[]> ReadAllAsync(
        SessionStoreOperation operation,
        IEnumerable<string?> sids,
        CancellationToken cancellationToken
    )
    {
        var deadline = Deadline();
        return Task.WhenAll(sids.Select(sid => ReadAsync(operation, sid, deadline, cancellationToken)));
    }

    private async Task<(SessionEntry? Entry, bool IsUnreadable)> ReadAsync(
        SessionStoreOperation operation,
        string? sid,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (sid is null)
        {
            return (null, true);
        }

        var read = await _reads.GetAsync(operation, sid, deadline, cancellationToken).ConfigureAwait(false);
        return read.Record is not { } record || (IsWholeDatabase && !IsSession(record.Payload))
            ? (null, read.IsWrongType)
            : (new SessionEntry(sid, record), false);
    }

    private static bool IsSession(ReadOnlyMemory<byte> payload)
    {
        try
        {
            SessionDocument.Parse(payload);
            return true;
        }
        catch (SessionPayloadException)
        {
            return false;
        }
    }
}
