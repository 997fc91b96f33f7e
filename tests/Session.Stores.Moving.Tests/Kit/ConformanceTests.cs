using ServerSessions.Conformance;
using ServerSessions.Conformance.Xunit;

namespace ServerSessions.Stores.Moving.Tests.Kit;

public sealed class StayConformanceTests : SessionStoreConformance<MemoryToMemoryStaying>;

public sealed class CarryToNewConformanceTests : SessionStoreConformance<MemoryToMemoryCarrying>;

public sealed class CarryToOldConformanceTests : SessionStoreConformance<MemoryToMemoryCarryingBack>;

public sealed class SqliteToRedisConformanceTests : SessionStoreConformance<SqliteToRedis>;

public sealed class FileToPostgresConformanceTests : SessionStoreConformance<FileToPostgres>;

public sealed class RedisToPostgresConformanceTests : SessionStoreConformance<RedisToPostgres>;

/// <summary>A pair with two stores that are pruned, in a mode that carries.</summary>
public abstract class CarryingPair(SessionMoveMode mode) : PairHarness(mode)
{
    protected const string Why =
        "A session begins with a note in the other store, for five minutes, that it is not there. Prune removes and counts that, too.";

    public override IReadOnlyList<Waiver> Waivers { get; } =
        [new("PRN-02", Why), new("PRN-06", Why), new("PRN-07", Why), new("PRN-09", Why), new("PRN-10", Why)];
}

public sealed class MemoryToMemoryStaying() : PairHarness(SessionMoveMode.Stay)
{
    protected override ISessionStore OldOf(StoreRequest request) => Memory(request, "old");

    protected override ISessionStore NewOf(StoreRequest request) => Memory(request, "new");
}

public sealed class MemoryToMemoryCarrying() : CarryingPair(SessionMoveMode.CarryToNew)
{
    protected override ISessionStore OldOf(StoreRequest request) => Memory(request, "old");

    protected override ISessionStore NewOf(StoreRequest request) => Memory(request, "new");
}

public sealed class MemoryToMemoryCarryingBack() : CarryingPair(SessionMoveMode.CarryToOld)
{
    protected override ISessionStore OldOf(StoreRequest request) => Memory(request, "old");

    protected override ISessionStore NewOf(StoreRequest request) => Memory(request, "new");
}

public sealed class SqliteToRedis() : CarryingPair(SessionMoveMode.CarryToNew)
{
    public override StoreTime Time => StoreTime.Backend;

    /// <summary>Redis removes its notes itself.</summary>
    public override IReadOnlyList<Waiver> Waivers { get; } = [new("PRN-02", Why), new("PRN-09", Why)];

    /// <summary>What Redis counts goes on while a busy machine makes its way from one line of a case to the next.</summary>
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            ClockSlack = TimeSpan.FromSeconds(30),
            PrunesInBackground = true,
        };

    protected override bool UsesRedis => true;

    protected override ISessionStore OldOf(StoreRequest request) => Sqlite(request);

    protected override ISessionStore NewOf(StoreRequest request) => Redis(request);
}

public sealed class FileToPostgres() : CarryingPair(SessionMoveMode.CarryToNew)
{
    /// <summary>PostgreSQL's <c>expire</c> has whole seconds, and its <c>sess</c> is JSON.</summary>
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            Granularity = TimeSpan.FromSeconds(1),
            Fidelity = PayloadFidelity.Json,
        };

    protected override bool UsesPostgres => true;

    protected override ISessionStore OldOf(StoreRequest request) => Files(request);

    protected override ISessionStore NewOf(StoreRequest request) => Postgres(request);
}

/// <summary>Two stores that touch while they read.</summary>
public sealed class RedisToPostgres() : PairHarness(SessionMoveMode.Stay)
{
    public override StoreTime Time => StoreTime.Backend;

    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            ClockSlack = TimeSpan.FromSeconds(30),
            Granularity = TimeSpan.FromSeconds(1),
            Fidelity = PayloadFidelity.Json,
            PrunesInBackground = true,
        };

    protected override bool UsesRedis => true;

    protected override bool UsesPostgres => true;

    protected override ISessionStore OldOf(StoreRequest request) => Redis(request);

    protected override ISessionStore NewOf(StoreRequest request) => Postgres(request);
}
