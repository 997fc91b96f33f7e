using ServerSessions.Payload;

namespace ServerSessions.Simulation.Running;

/// <summary>What holds of every history, in any order and with any faults.</summary>
internal static class Invariants
{
    public static void Check(Simulation simulation)
    {
        var history = simulation.History;
        foreach (var exchange in history)
        {
            NoForeignData(simulation, exchange);
        }

        foreach (var ended in history.Where(static exchange => exchange is { Step: Step.Destroy, IsAcknowledged: true }))
        {
            NothingComesBack(simulation, ended);
        }

        OnlyOnce(simulation, "was counted", static exchange => exchange.Counted);
        OnlyOnce(simulation, "was taken", static exchange => exchange.Taken);
        foreach (
            var write in history.Where(static exchange =>
                exchange.IsAcknowledged && exchange.Step is Step.Write or Step.SaveAndWrite or Step.Update or Step.Take
            )
        )
        {
            NothingIsLost(simulation, write);
        }

        if (!simulation.HasFaults)
        {
            OneSuccessor(simulation);
        }
    }

    private static void NoForeignData(Simulation simulation, Exchange exchange)
    {
        if (exchange.Found.FirstOrDefault(key => !key.StartsWith($"b{exchange.Browser}.", StringComparison.Ordinal)) is { } foreign)
        {
            simulation.Violations.Add($"A session shows {foreign}, which is another browser's: {exchange}");
        }

        if (exchange.Status >= 500 && !simulation.HasFaults)
        {
            simulation.Violations.Add($"An error without any fault: {exchange}");
        }
    }

    /// <summary>
    /// What a session held when it was destroyed is seen by no request that starts after that was acknowledged, and in the end stands
    /// nowhere.
    /// </summary>
    private static void NothingComesBack(Simulation simulation, Exchange ended)
    {
        foreach (var key in ended.Found)
        {
            if (simulation.History.FirstOrDefault(later => later.Started > ended.Ended && later.Found.Contains(key)) is { } later)
            {
                simulation.Violations.Add($"{key} was destroyed and came back.\n  destroyed: {ended}\n  seen: {later}");
            }

            // A call that failed may have left a copy under an id that no one has; without faults there is none.
            if (
                !simulation.HasFaults
                && simulation.Live.FirstOrDefault(live => SessionDocument.Parse(live.Payload).TryGetJson(key, out _))
                    is { Sid: not null } left
            )
            {
                simulation.Violations.Add($"{key} was destroyed and is still stored under {left.Sid}: {ended}");
            }
        }
    }

    /// <summary>
    /// What was acknowledged is seen by every later request with the same id, unless a request ended or moved the session in between.
    /// </summary>
    private static void NothingIsLost(Simulation simulation, Exchange write)
    {
        foreach (var later in simulation.History)
        {
            if (
                later.Ran
                && later.Started > write.Ended
                && later.SentSid == write.LeftSid
                && !later.Found.Contains(write.Key)
                && !simulation.History.Any(ender =>
                    ender.Ends && ender.Browser == write.Browser && EndOf(ender) > write.Started && ender.Started < later.Ended
                )
            )
            {
                simulation.Violations.Add($"{write.Key} was acknowledged and is lost.\n  written: {write}\n  missing: {later}");
                return;
            }
        }
    }

    /// <summary>
    /// An end that was given up may take effect at any later time: the client was told that it failed, not that nothing happened.
    /// </summary>
    private static int EndOf(Exchange ender) => ender.Status == 200 ? ender.Ended : int.MaxValue;

    /// <summary>No two updates of a count get the same number, or one is lost. No two requests get one code.</summary>
    private static void OnlyOnce(Simulation simulation, string what, Func<Exchange, string?> valueOf)
    {
        foreach (var twice in simulation.History.Where(exchange => valueOf(exchange) is not null).GroupBy(valueOf))
        {
            if (twice.Count() > 1)
            {
                simulation.Violations.Add($"{twice.Key} {what} twice.\n  {string.Join("\n  ", twice)}");
            }
        }
    }

    /// <summary>The data of one session stands under one id, however many requests moved it at once.</summary>
    private static void OneSuccessor(Simulation simulation)
    {
        var places = new Dictionary<string, string>();
        foreach (var (sid, payload) in simulation.Live)
        {
            foreach (var key in SessionDocument.Parse(payload).Keys.Where(static key => key != "__moved" && !Simulation.IsShared(key)))
            {
                if (!places.TryAdd(key, sid))
                {
                    simulation.Violations.Add($"{key} stands under {places[key]} and under {sid}.");
                }
            }
        }
    }
}
