using System.Text;
using ServerSessions.Interop.Golden;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>Rows that the real connect-sqlite3 wrote, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_golden_record_is_read_byte_for_byte_with_its_end_and_can_be_written_to()
    {
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE IF NOT EXISTS sessions (sid PRIMARY KEY, expired, sess)");
        var store = database.Store();
        var records = GoldenFile.Read("sqlite");
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            database.Clock.SetUtcNow(golden.At);
            var (sid, expired) = (golden.Text("sid"), golden.Record.GetProperty("expired").GetDouble());
            database.Execute(
                "INSERT OR REPLACE INTO sessions VALUES ($sid, $expired, $sess)",
                ("$sid", sid),
                ("$expired", expired),
                ("$sess", golden.Text("sess"))
            );
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span));
            Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds((long)expired), read.Expires);
            Assert.True(await store.TouchAsync(sid, read, Cancel));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, database.Record("ours"), read, Cancel));

            // What a touch moved, the cookie does not know; without a lifetime this package moves nothing.
            var written = golden.Name == "touched, without a lifetime" ? golden.At.AddMilliseconds(-10_100) : golden.At;
            Assert.True(golden.Name == "touched" || read.Expires == (GoldenFile.EndOf(golden) ?? written.AddDays(1)), golden.Name);
        }
    }
}
