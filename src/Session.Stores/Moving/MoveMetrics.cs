using System.Diagnostics.Metrics;

namespace ServerSessions.Stores;

/// <summary>The metrics of a move, in the meter <c>ServerSessions</c>.</summary>
internal sealed class MoveMetrics
{
    public const string DirectionKey = "server_session.move.direction";

    private const string MeterName = "ServerSessions";
    private const string Unit = "{session}";

    private readonly Counter<long>? _fallbackReads;
    private readonly Counter<long>? _carried;
    private readonly Counter<long>? _both;

    public MoveMetrics(IMeterFactory? meterFactory)
    {
        var meter = meterFactory?.Create(MeterName);
        _fallbackReads = meter?.CreateCounter<long>(
            "server_session.move.fallback_reads",
            Unit,
            "Sessions that were found in the store that is read second."
        );
        _carried = meter?.CreateCounter<long>("server_session.move.carried", Unit, "Sessions that were carried to the other store.");
        _both = meter?.CreateCounter<long>("server_session.move.both", Unit, "Sessions that both stores held at once.");
    }

    public void FellBack(MoveRoute route) => _fallbackReads?.Add(1, Direction(route));

    public void Carried(MoveRoute route) => _carried?.Add(1, Direction(route));

    public void FoundInBoth(MoveRoute route) => _both?.Add(1, Direction(route));

    public static string DirectionOf(MoveRoute route) =>
        !route.Carries ? "stay"
        : route.First.Name == MoveSide.New ? "to_new"
        : "to_old";

    private static KeyValuePair<string, object?> Direction(MoveRoute route) => new(DirectionKey, DirectionOf(route));
}
