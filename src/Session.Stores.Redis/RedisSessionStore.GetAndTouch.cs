using ServerSessions.Stores.Redis.Engine;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

public sealed partial class RedisSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: setting a time to live costs the server about as much as reading it.</value>
    public bool IsTouchCheap => true;

    /// <inheritdoc/>
    /// <remarks>A call that failed may still move the expiry afterwards, if the session still begins with the prefix.</remarks>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        var life = Life(plan.Expires);

        // A copy: the driver may send it after the caller has stopped waiting and reused the buffer.
        return RunAsync<TouchedReply, GetAndTouchResult>(
            SessionStoreOperation.Get,
            RedisScript.GetAndTouch,
            sid,
            [plan.Prefix.ToArray(), life],
            new TouchedReply(this, life),
            cancellationToken
        );
    }

    private readonly struct TouchedReply(RedisSessionStore store, long life) : IReply<GetAndTouchResult>
    {
        public GetAndTouchResult Take(RedisResult result)
        {
            var reply = store.Read(result);
            return reply.Payload is { } payload
                ? new GetAndTouchResult
                {
                    Record = store.Record(payload, reply.IsTouched ? life : reply.Milliseconds),
                    IsTouched = reply.IsTouched,
                }
                : default;
        }
    }
}
