using System.Text;
using ServerSessions.Interop.Golden;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Files that the real session-file-store wrote, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_golden_record_is_read_byte_for_byte_with_its_end_and_can_be_written_to()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var records = GoldenFile.Read("file");
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            folder.Clock.SetUtcNow(golden.At);
            folder.Plant(golden.Text("file"), golden.Text("text"));
            var sid = golden.Text("file")[..^".json".Length];
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span));
            Assert.Equal(GoldenFile.EndOf(golden) ?? golden.At.AddHours(1), read.Expires);

            // A touch with the same cookie and end leaves the session as it was.
            Assert.True(await store.TouchAsync(sid, read, Cancel));
            Assert.Equal(golden.Session, Encoding.UTF8.GetString((await store.GetAsync(sid, Cancel))!.Payload.Span));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, folder.Record("ours"), read, Cancel));
        }
    }
}
