using System.Text;
using ServerSessions.Interop.Golden;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>Rows that the real express-mysql-session wrote, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests(SharedMySql shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_golden_record_is_read_byte_for_byte_with_its_end_and_can_be_written_to()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.CreateAsNodeAsync();
        var store = database.Store();
        var records = GoldenFile.Read("mysql");
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            database.Clock.SetUtcNow(golden.At);
            var sid = golden.Text("session_id");
            var expires = golden.Record.GetProperty("expires").GetInt64();
            await database.ExecuteAsync(
                "INSERT INTO sessions (session_id, expires, data) VALUES (@sid, @expires, @data)",
                new
                {
                    sid,
                    expires,
                    data = golden.Text("data"),
                }
            );
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span));
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(expires), read.Expires);
            Assert.True(await store.TouchAsync(sid, read, Cancel));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, database.Record("ours"), read, Cancel));

            // What a touch moved, the cookie does not know. Node rounds to the nearest second.
            var end = GoldenFile.EndOf(golden) ?? golden.At.AddDays(1);
            Assert.True(golden.Name == "touched" || (read.Expires!.Value - end).Duration() <= TimeSpan.FromSeconds(0.5), golden.Name);
        }
    }
}
