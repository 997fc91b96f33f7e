using Session.Stores.Redis.Engine;

namespace Session.Stores.Redis;

public sealed partial class RedisSessionStore
{
    /// <inheritdoc/>
    /// <value><see langword="true"/>: the time to live stands beside the value, and moving it costs the server about as much as telling it.</value>
    public bool IsTouchCheap => true;

    /// <inheritdoc/>
    /// <remarks>One that has failed may move the expiry later, of a session that still begins with <paramref name="prefix"/>.</remarks>
    public async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid, ReadOnlyMemory<byte> prefix, DateTimeOffset? expires, CancellationToken cancellationToken = default)
    {
        var life = Life(expires);

        // A copy: the driver may send it when the caller has left, who may use the buffer for something else then.
        var reply = Reply(await ReadAsync(RedisScript.GetAndTouch, sid, [prefix.ToArray(), life], cancellationToken).ConfigureAwait(false));
        return reply.Payload is { } payload
            ? new GetAndTouchResult(Record(payload, reply.IsTouched ? life : reply.Milliseconds), reply.IsTouched)
            : default;
    }
}
