namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// What is to be expected of one session: when it ends by the clocks of those who have used it, and whether someone has removed it.
/// </summary>
internal sealed class SessionOnClocks(InstancesApart instances, TimeSpan lifetime, TimeSpan absolute)
{
    // By the clock of who used it last; where the server counts, by the time that it is.
    private DateTimeOffset _expires;
    private DateTimeOffset _end;

    /// <summary>The time that it is.</summary>
    public DateTimeOffset Time { get; set; } = instances.All[0].Clock.Now;

    public bool IsGone { get; private set; }

    public void Begin(Instance instance)
    {
        IsGone = false;
        _end = instance.Clock.Now + absolute;
        Renew(instance);
    }

    /// <summary>Uses it, if it is there; tells whether it is. A use that finds its absolute lifetime over removes it.</summary>
    public bool Use(Instance instance)
    {
        var isOver = Left(instance) <= TimeSpan.Zero;
        IsGone |= isOver ? instances.ForgetsOnSight : instance.Clock.Now >= _end;
        if (IsGone || isOver)
        {
            return false;
        }

        if (instance.Clock.Now + absolute < _end)
        {
            // By this clock it was made in the future, which counts as now.
            _end = instance.Clock.Now + absolute;
        }

        Renew(instance);
        return true;
    }

    public void Prune(Instance instance) => IsGone |= Left(instance) <= TimeSpan.Zero;

    public void End() => IsGone = true;

    /// <summary>
    /// Whether the end is so near that it depends on how fast the machine is, or on the fractions that a column does not have.
    /// </summary>
    public bool IsTooCloseToTell(Instance instance) =>
        Left(instance) is var left && left > -instances.Early - instances.Late && left < instances.Early + instances.Late;

    private TimeSpan Left(Instance instance) => _expires - (instances.ServerCounts ? Time : instance.Clock.Now);

    private void Renew(Instance instance)
    {
        var left = _end - instance.Clock.Now;
        _expires = (instances.ServerCounts ? Time : instance.Clock.Now) + (lifetime < left ? lifetime : left);
    }
}
