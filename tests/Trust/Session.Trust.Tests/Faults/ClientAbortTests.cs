using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A client that hangs up in the midst of its response, or before it, has lost the response and nothing of its session (F27, T24).
/// </summary>
public sealed class ClientAbortTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task What_a_request_changed_is_stored_whenever_its_client_hangs_up(string backend)
    {
        using var exceptions = new UnobservedExceptions(static text =>
            text.Contains("at ServerSessions.Stores.", StringComparison.Ordinal) || text.Contains("ServerSession", StringComparison.Ordinal)
        );
        var store = (await fleet.Places.NewAsync(backend)).Open();
        var application = new LongAnswers();
        await using var host = await TrustHost.StartAsync(store, handler: application.HandleAsync, before: application.Watch);
        await using var second = await TrustHost.StartAsync(
            store,
            handler: application.HandleAsync,
            before: application.Watch,
            protocols: HttpProtocols.Http2
        );
        using var http2 = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = second.Address };
        var points = Enum.GetValues<AbortPoint>();
        var (rounds, unfinished) = (Scale.Of(20, 1000), 0);
        for (var number = 0; number < rounds; number++)
        {
            // Half of them without a session before, and half of each with an application that stops writing when no one reads.
            var answer = application.Begin(points[number % points.Length], givesUp: number / points.Length % 2 == 0);
            var cookie = number / points.Length % 4 < 2 ? (await Sessions.NewAsync(store, LeakCollector.Payload)).Cookie : "theme=dark";
            if (answer.Point == AbortPoint.Http2Headers)
            {
                await CancelAsync(http2, cookie, () => AssertHasAsync(store, answer, LongAnswers.Early));
            }
            else
            {
                string[] headers = [$"Cookie: {cookie}", .. answer.Point == AbortPoint.HalfOfLastAnswer ? [RawHttp.Close] : (string[])[]];
                await RawHttp.SendAndResetAsync(
                    host.Address,
                    LongAnswers.Path,
                    stream => ReadAsync(stream, answer, () => AssertHasAsync(store, answer, LongAnswers.Early)),
                    headers
                );
            }

            unfinished += await answer.Ended.Task.WaitAsync(Patience, Cancel) ? 0 : 1;
            await AssertHasAsync(store, answer, LongAnswers.Early, LongAnswers.Late);
            var own = SignedCookie.Of(await answer.Begun.Task);
            foreach (var key in (string[])[LongAnswers.Early, LongAnswers.Late])
            {
                Assert.Equal(LeakCollector.Payload + key, (await host.Client.SendAsync("/get", own, key)).Body);
            }
        }

        await host.DisposeAsync();
        await second.DisposeAsync();
        await StorePlace.CloseAsync(store);
        var unobserved = exceptions.Collect();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}: {rounds:N0} clients that hung up, {unfinished:N0} responses that the application gave up; "
                    + $"{unobserved.Count} unobserved exceptions"
            )
        );
        Assert.Empty(unobserved);
        Assert.Equal(rounds / 2, unfinished);
    }

    /// <summary>Reads as far as it is to be read; as soon as anything of the response is there, the session is.</summary>
    private static async Task ReadAsync(Stream stream, LongAnswer answer, Func<Task> onBegun)
    {
        if (answer.Point == AbortPoint.BeforeAnswer)
        {
            await answer.Begun.Task.WaitAsync(Patience, Cancel);
            return;
        }

        var statusLine = new byte["HTTP/1.1 200 OK\r\n".Length];
        await stream.ReadExactlyAsync(statusLine, Cancel);
        Assert.Equal(200, RawHttp.StatusOf(System.Text.Encoding.ASCII.GetString(statusLine)));
        await onBegun();
        if (answer.Point != AbortPoint.StatusLine)
        {
            await stream.ReadExactlyAsync(new byte[LongAnswers.Length / 2], Cancel);
        }

        Assert.False(answer.IsWritten, "Nothing was left to be lost.");
    }

    private static async Task CancelAsync(HttpClient client, string cookie, Func<Task> onBegun)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, LongAnswers.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Cookie", cookie);

        // Disposed before it was read, it is a reset of the stream.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
        await onBegun();
    }

    private static async Task AssertHasAsync(ISessionStore store, LongAnswer answer, params string[] keys)
    {
        var record = await store.GetAsync(await answer.Begun.Task, Cancel);
        Assert.NotNull(record);
        var stored = SessionDocument.Parse(record.Payload).Keys;
        Assert.All(keys, key => Assert.Contains(key, stored));
    }
}
