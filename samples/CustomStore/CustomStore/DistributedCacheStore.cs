using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using ServerSessions;

namespace CustomStore;

/// <summary>
/// Keeps sessions in the application's <see cref="IDistributedCache"/>. It implements only what every such cache can do; see the README of
/// the samples.
/// </summary>
public sealed class DistributedCacheStore(IDistributedCache cache, TimeProvider? timeProvider = null) : ISessionStore
{
    // An entry is this byte, the expiry in UTC ticks, and the payload. A cache does not return an expiry, and has another clock.
    private const byte Format = 1;
    private const int HeaderLength = 1 + sizeof(long);

    private const string BackendName = "DistributedCache";

    // Caches add the time to their own clock, which must not overflow.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(36_500);

    private readonly TimeProvider _clock = timeProvider ?? TimeProvider.System;

    public string Backend => BackendName;

    public string Prefix { get; init; } = "session:";

    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromDays(1);

    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        var key = KeyOf(sid);
        byte[]? entry = null;
        await CallAsync(SessionStoreOperation.Get, async () => entry = await cache.GetAsync(key, cancellationToken), cancellationToken);
        if (entry is null)
        {
            return null;
        }

        if (entry.Length < HeaderLength || entry[0] != Format)
        {
            throw new SessionStoreException(
                "A session could not be read from the distributed cache: another program wrote its entry. Give the store its own "
                    + "prefix, or remove the entry.",
                SessionStoreOperation.Get,
                BackendName,
                isTransient: false
            );
        }

        var expires = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(1)), TimeSpan.Zero);
        return expires <= _clock.GetUtcNow() ? null : SessionRecord.TakeOwnership(entry.AsMemory(HeaderLength), expires);
    }

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        var key = KeyOf(sid);
        ArgumentNullException.ThrowIfNull(record);
        var now = _clock.GetUtcNow();
        var expires = record.Expires ?? now + DefaultLifetime;
        if (expires <= now)
        {
            await DestroyAsync(sid, cancellationToken);
            return;
        }

        var entry = new byte[HeaderLength + record.Payload.Length];
        entry[0] = Format;
        BinaryPrimitives.WriteInt64BigEndian(entry.AsSpan(1), expires.UtcTicks);
        record.Payload.CopyTo(entry.AsMemory(HeaderLength));
        var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = LifeInCache(expires - now) };
        await CallAsync(SessionStoreOperation.Set, () => cache.SetAsync(key, entry, options, cancellationToken), cancellationToken);
    }

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        var key = KeyOf(sid);
        await CallAsync(SessionStoreOperation.Destroy, () => cache.RemoveAsync(key, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Returns the cache key of a session. It is a digest, because caches limit the length and characters of keys and log them.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <returns>The prefix and 64 hexadecimal digits.</returns>
    public string KeyOf(string sid)
    {
        Sid.ThrowIfInvalid(sid);
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sid)));
    }

    // Some caches cut fractions of a second. The entry must not expire before the session.
    private static TimeSpan LifeInCache(TimeSpan life) =>
        life > LongestLife ? LongestLife : TimeSpan.FromSeconds(Math.Ceiling(life.TotalSeconds));

    private static async ValueTask CallAsync(SessionStoreOperation operation, Func<Task> call, CancellationToken cancellationToken)
    {
        try
        {
            // Some caches ignore the token.
            await call().WaitAsync(cancellationToken);
        }
#pragma warning disable CA1031 // A cache throws what its driver throws; the contract has one exception for it.
        catch (Exception error) when (!(error is OperationCanceledException && cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
        {
            throw new SessionStoreUnavailableException(
                $"A session could not be read or written ({operation}): the distributed cache failed with {error.GetType().Name}. "
                    + "Check that it can be reached.",
                operation,
                BackendName,
                error
            );
        }
    }
}
