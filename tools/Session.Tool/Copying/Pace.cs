namespace ServerSessions.Tool.Copying;

/// <summary>Keeps to a number of sessions a second. Thread safe.</summary>
internal sealed class Pace(double perSecond, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Waits for the next turn.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (perSecond <= 0)
        {
            return;
        }

        TimeSpan wait;
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            _next = (_next > now ? _next : now) + TimeSpan.FromSeconds(1 / perSecond);
            wait = _next - now;
        }

        await Task.Delay(wait, timeProvider, cancellationToken);
    }
}
