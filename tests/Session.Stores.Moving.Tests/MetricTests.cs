using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>What a move counts.</summary>
public sealed class MetricTests : MoveTest
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public async Task Sessions_that_are_found_second_carried_or_held_by_both_are_counted_with_the_direction()
    {
        var counted = new List<string>();
        using var listener = Listen(counted);
        await Old.Inner.SetAsync("read", Record("a"), Cancel);
        await New.Inner.SetAsync("ahead", Record("b"), Cancel);

        await Instance(SessionMoveMode.Stay).GetAsync("ahead", Cancel);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("read", Cancel);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("read", Cancel);
        await Instance(SessionMoveMode.CarryToOld).GetAsync("ahead", Cancel);
        await Old.Inner.SetAsync("both", Record("c"), Cancel);
        await New.Inner.SetAsync("both", Record("d"), Cancel);
        await StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToNew), cancellationToken: Cancel);

        Assert.Equal(
            [
                "fallback_reads stay",
                "fallback_reads to_new",
                "carried to_new",
                "fallback_reads to_old",
                "carried to_old",
            ],
            counted.Take(5)
        );
        Assert.Equal(1, counted.Count(static line => line == "both to_new"));
    }

    private new MovingSessionStore Instance(SessionMoveMode mode) =>
        MovingSessionStore.Create(Old, New, () => mode, Clock, meterFactory: _services.GetRequiredService<IMeterFactory>());

    private MeterListener Listen(List<string> counted)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, _, tags, _) =>
            {
                lock (counted)
                {
                    counted.Add($"{instrument.Name.Split("move.")[1]} {tags[0].Value}");
                }
            }
        );
        listener.Start();
        return listener;
    }
}
