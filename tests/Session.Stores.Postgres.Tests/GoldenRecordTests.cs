using System.Globalization;
using System.Text;
using ServerSessions.Interop.Golden;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>Rows that the real connect-pg-simple wrote, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_golden_record_is_read_byte_for_byte_with_its_end_and_can_be_written_to()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.CreateAsNodeAsync();
        var store = database.Store(options => options.TimeZone = "UTC");
        var records = GoldenFile.Read("postgres");
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            database.Clock.SetUtcNow(golden.At);
            var sid = golden.Text("sid");
            await database.ExecuteAsync(
                "INSERT INTO session (sid, sess, expire) VALUES (@sid, @sess::json, @expire::timestamp)",
                new
                {
                    sid,
                    sess = golden.Text("sess"),
                    expire = golden.Text("expireInUtc"),
                }
            );
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span));
            Assert.Equal(
                DateTimeOffset.Parse(golden.Text("expireInUtc"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                read.Expires
            );
            Assert.True(await store.TouchAsync(sid, read, Cancel));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, database.Record("ours"), read, Cancel));

            // What a touch moved, the cookie does not know.
            var end = GoldenFile.EndOf(golden) ?? golden.At.AddDays(1);
            Assert.True(golden.Name == "touched" || (read.Expires >= end && read.Expires < end.AddSeconds(1)), golden.Name);
        }
    }
}
