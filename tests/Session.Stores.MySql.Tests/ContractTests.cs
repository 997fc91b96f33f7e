using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>In the table of express-mysql-session.</summary>
public sealed class ContractTests(SharedMySql shared)
    : RelationalContractTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string Backend => "MySQL";

    protected override bool Holds(string sid) => sid.Length <= 128 && !sid.EndsWith(' ');
}

/// <summary>In a table of the store's own form.</summary>
public sealed class BinaryContractTests(SharedMySql shared)
    : ContractTests<TestDatabase, MySqlSessionStore>(
        () => TestDatabase.CreateAsync(shared, MySqlSessionFormat.Binary),
        defaultLifetime: TimeSpan.FromDays(1)
    )
{
    [Fact]
    public Task A_lifetime_of_less_than_a_millisecond_is_not_lost() => AssertLivesForAFractionOfAMillisecondAsync();

    protected override MySqlSessionStore NewStore(TestDatabase database, TimeSpan defaultLifetime) =>
        database.Store(options => options.DefaultLifetime = defaultLifetime);
}
