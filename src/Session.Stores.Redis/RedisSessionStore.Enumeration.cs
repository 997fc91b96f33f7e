using System.Runtime.CompilerServices;
using ServerSessions.Payload;
using ServerSessions.Stores.Redis.Engine;

namespace ServerSessions.Stores.Redis;

public sealed partial class RedisSessionStore
{
    /// <summary>Keys read or removed concurrently: a balance of a listing's speed and its memory.</summary>
    private const int KeysAtOnce = 64;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var unreadable = 0;
        await foreach (
            var page in _scan.PagesAsync(SessionStoreOperation.All, stringsOnly: IsWholeDatabase, cancellationToken).ConfigureAwait(false)
        )
        {
            foreach (var keys in page.Chunk(KeysAtOnce))
            {
                var entries = await ReadAllAsync(SessionStoreOperation.All, keys, cancellationToken).ConfigureAwait(false);
                foreach (var (entry, isUnreadable) in entries)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    unreadable += isUnreadable ? 1 : 0;

                    // It may have expired while the caller processed earlier entries.
                    if (entry is { } session && session.Record.Expires > _timeProvider.GetUtcNow())
                    {
                        yield return session;
                    }
                }
            }
        }

        // Without a prefix, other keys in the database are normal.
        if (unreadable > 0 && !IsWholeDatabase)
        {
            Log.UnreadableKeys(_logger, unreadable, _keys.Prefix);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        var count = 0L;
        await foreach (var keys in SessionsAsync(SessionStoreOperation.Length, cancellationToken).ConfigureAwait(false))
        {
            count += keys.Count;
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var sids in SessionsAsync(SessionStoreOperation.Clear, cancellationToken).ConfigureAwait(false))
        {
            foreach (var some in sids.Chunk(KeysAtOnce))
            {
                var deadline = Deadline();
                await Task.WhenAll(
                        some.Select(sid =>
                            _commands
                                .RunAsync<DoneReply, bool>(
                                    SessionStoreOperation.Clear,
                                    RedisScript.Destroy,
                                    _keys.Key(sid),
                                    [default],
                                    default,
                                    deadline,
                                    cancellationToken
                                )
                                .AsTask()
                        )
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the prefix is empty. Then only its content shows whether a key is a session.</summary>
    private bool IsWholeDatabase => _keys.Prefix.Length == 0;

    /// <summary>The sids of the sessions, in pages.</summary>
    private async IAsyncEnumerable<List<string>> SessionsAsync(
        SessionStoreOperation operation,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var page in _scan.PagesAsync(operation, stringsOnly: true, cancellationToken).ConfigureAwait(false))
        {
            if (!IsWholeDatabase)
            {
                yield return [.. page.Select(key => _keys.Sid(key)).OfType<string>()];
                continue;
            }

            foreach (var keys in page.Chunk(KeysAtOnce))
            {
                var entries = await ReadAllAsync(operation, keys, cancellationToken).ConfigureAwait(false);
                yield return [.. entries.Where(static read => read.Entry is not null).Select(static read => read.Entry!.Value.Sid)];
            }
        }
    }

    private Task<(SessionEntry? Entry, bool IsUnreadable)[]> ReadAllAsync(
        SessionStoreOperation operation,
        byte[][] keys,
        CancellationToken cancellationToken
    )
    {
        var deadline = Deadline();
        return Task.WhenAll(keys.Select(key => ReadAsync(operation, key, deadline, cancellationToken)));
    }

    private async Task<(SessionEntry? Entry, bool IsUnreadable)> ReadAsync(
        SessionStoreOperation operation,
        byte[] key,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (_keys.Sid(key) is not { } sid)
        {
            return (null, true);
        }

        var reply = await _commands
            .RunAsync<PlainReply, ReadReply>(operation, RedisScript.Get, _keys.Key(sid), [], default, deadline, cancellationToken)
            .ConfigureAwait(false);
        return reply.Payload is not { } payload || (IsWholeDatabase && !IsSession(payload))
            ? (null, reply.IsWrongType)
            : (new SessionEntry(sid, Record(payload, reply.Milliseconds)), false);
    }

    private static bool IsSession(byte[] payload)
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
