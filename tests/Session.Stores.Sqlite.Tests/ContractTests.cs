namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class ContractTests()
    : ContractTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync, defaultLifetime: TimeSpan.FromDays(1))
{
    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' })]
    [InlineData(new byte[] { 0xff, 0xfe, 0x80 })]
    public Task A_store_holds_bytes_and_does_not_understand_them(byte[] payload) => AssertHoldsAsync(payload);

    [Fact]
    public Task A_fraction_of_a_millisecond_never_ends_a_session_early() => AssertLivesForAFractionOfAMillisecondAsync();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_opened(string start, string end)
    {
        await using var database = new TestDatabase();
        await InvalidSids.AreRefusedAsync(database.Store(), start, end);
        Assert.False(File.Exists(database.File));
    }

    protected override SqliteSessionStore NewStore(TestDatabase database, TimeSpan defaultLifetime) =>
        database.Store(options => options.DefaultLifetime = defaultLifetime);
}
