using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>Any number of cookies costs what reading them once costs (T14).</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    // The request itself, and the session made for it.
    private const long AllocatedByAnyRequest = 8 * 1024;

    public static TheoryData<string> Shapes =>
        ["many", "quotes", "backslashes", "semicolons", "equals", "escapes", "half escapes", "same name", "unsigned of our name"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task What_a_header_costs_grows_with_its_length_and_no_faster(string shape)
    {
        var store = new AskedStore();
        await using var pipeline = new BarePipeline(store, static _ => Task.CompletedTask);
        foreach (var cookies in (int[])[100, 5000, 5000])
        {
            var header = Flood(shape, cookies);
            await pipeline.RunAsync(header);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var running = pipeline.RunAsync(header);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            // Synchronous to the end: all that was allocated, this thread has.
            Assert.True(running.IsCompletedSuccessfully);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape}: {header.Length} characters, {allocated} bytes"));

            // An escaped value of our own name is decoded once: its bytes, at most three a character and a few more, and its text.
            var bound = AllocatedByAnyRequest + (shape.Contains("escapes", StringComparison.Ordinal) ? header.Length * 8L : 0);
            Assert.InRange(allocated, 0, bound);
        }

        Assert.Equal(0, store.Calls);
    }

    [Fact]
    public async Task Others_are_served_while_a_hundred_clients_send_floods()
    {
        var store = new StorePlace("memory", "").Open();
        await using var host = await TrustHost.StartAsync(store);
        var (_, cookie) = await Sessions.NewAsync(store, LeakCollector.Payload);
        var shapes = Shapes.Select(static shape => shape.Data).ToList();
        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async client =>
                {
                    // Half of them beyond the server's own limit of 32 KB for all headers.
                    var header = Flood(shapes[client % shapes.Count], client % 2 == 0 ? 1000 : 5000);
                    var status = RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "/touch", $"Cookie: {header}"));
                    var other = await host.Client.SendAsync("/get", cookie, TrustEndpoints.Owner);
                    Assert.Equal((200, LeakCollector.Payload), (other.Status, other.Body));
                    return (header.Length, Status: status);
                })
        );

        // The server closes a connection whose headers go on, sometimes before its response is read.
        Assert.All(statuses, static flood => Assert.Contains(
                flood.Status,
                flood.Length > 33_000 ? [431, 0]
                    : flood.Length < 32_000 ? new[] { 200 }
                    : [200, 431, 0]
            ));
        Assert.Contains(statuses, static flood => flood.Status == 431);
    }

    private static string Flood(string shape, int cookies) =>
        shape switch
        {
            "many" => string.Join("; ", Enumerable.Range(0, cookies).Select(static i => $"c{i}={i}")),
            "quotes" => string.Join(";", Enumerable.Range(0, cookies).Select(static _ => "\"=\"\"")),
            "backslashes" => string.Concat(Enumerable.Repeat("\\\"", cookies * 2)),
            "semicolons" => new string(';', cookies * 5),
            "equals" => new string('=', cookies * 5),
            "escapes" => "connect.sid=" + string.Concat(Enumerable.Repeat("%41", cookies * 2)),
            "half escapes" => "connect.sid=" + string.Concat(Enumerable.Repeat("%4", cookies * 2)),
            "same name" => string.Join("; ", Enumerable.Repeat("a=b", cookies)),
            _ => string.Join("; ", Enumerable.Repeat("connect.sid=x", cookies)),
        };
}
