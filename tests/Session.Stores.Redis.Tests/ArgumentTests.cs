namespace ServerSessions.Stores.Redis.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_connected(string start, string end)
    {
        // Nothing listens there: were it connected to, the error would be another.
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = "127.0.0.1:1" });
        await InvalidSids.AreRefusedAsync(store, start, end);
    }
}
