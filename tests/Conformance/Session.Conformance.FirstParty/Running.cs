namespace ServerSessions.Conformance.FirstParty;

/// <summary>How the stores of this repository run in the kit, if they have a backend.</summary>
public static class Running
{
    /// <summary>Drivers pause longer between attempts to connect, the busier the machine is.</summary>
    public static HarnessSettings Patiently { get; } =
        new()
        {
            Patience = TimeSpan.FromMinutes(1),
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            PruneInterval = TimeSpan.FromMinutes(15),
        };

    /// <summary>The interval for a store: each wait is varied between half and one and a half of it.</summary>
    public static TimeSpan PruneInterval(this StoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.PrunesItself ? TimeSpan.FromMinutes(10) : Timeout.InfiniteTimeSpan;
    }
}
