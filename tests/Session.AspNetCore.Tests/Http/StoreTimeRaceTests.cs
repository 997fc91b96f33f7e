using Microsoft.AspNetCore.Http;

namespace Session.Tests.Http;

/// <summary>Calls of the store are objects that are used again. What comes late belongs to a call that is over, and must reach nobody.</summary>
public sealed class StoreTimeRaceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task An_answer_that_comes_as_its_time_ends_or_its_client_leaves_goes_to_its_own_request_or_to_none()
    {
        const int Clients = 16;
        const int Requests = 60;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("owner", session.Get<string>("owner") ?? context.Request.Query["owner"].ToString());
                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync(session.Get<string>("owner")!);
            },
            options => options.StoreTimeout = TimeSpan.FromMilliseconds(20),
            store);
        var cookies = new string[Clients];
        for (var i = 0; i < Clients; i++)
        {
            using var begin = await SucceedAsync(app, $"/?owner={i}");
            cookies[i] = begin.Cookie();
        }

        // Half of them longer than the limit, and many about as long.
        Task WaitAsync() => Task.Delay(Between(0, 36));
        store.Before = call => call == "set" ? WaitAsync() : Task.CompletedTask;
        store.AfterGet = WaitAsync;
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));
        store.Before = static _ => Task.CompletedTask;
        store.AfterGet = static () => Task.CompletedTask;

        output.WriteLine(
            $"seed {seed}: {counts.Sum(static count => count.Answered)} answered, {counts.Sum(static count => count.Late)} too late, {counts.Sum(static count => count.Left)} left");
        Assert.True(counts.Sum(static count => count.Answered) > 0 && counts.Sum(static count => count.Late) > 0);
        for (var i = 0; i < Clients; i++)
        {
            using var end = await SucceedAsync(app, "/", cookies[i]);
            Assert.Equal($"{i}", await end.BodyAsync());
        }

        async Task<(int Answered, int Late, int Left)> ClientAsync(int client)
        {
            using var http = app.NewClient();
            var (answered, late, left) = (0, 0, 0);
            for (var request = 0; request < Requests; request++)
            {
                using var leaving = new CancellationTokenSource();
                if (Between(0, 4) == 0)
                {
                    leaving.CancelAfter(Between(5, 50));
                }

                using var message = new HttpRequestMessage(HttpMethod.Get, "/");
                message.Headers.TryAddWithoutValidation("Cookie", cookies[client]);
                try
                {
                    using var response = await http.SendAsync(message, leaving.Token);
                    if (response.IsSuccessStatusCode)
                    {
                        Assert.Equal($"{client}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                        answered++;
                    }
                    else
                    {
                        Assert.Equal(503, (int)response.StatusCode);
                        late++;
                    }
                }
                catch (OperationCanceledException) when (leaving.IsCancellationRequested)
                {
                    left++;
                }
            }

            return (answered, late, left);
        }

        int Between(int least, int most)
        {
            lock (random)
            {
                return random.Next(least, most + 1);
            }
        }
    }

    /// <summary>A busy machine may take longer than the store is allowed, without any delay.</summary>
    private static async Task<HttpResponseMessage> SucceedAsync(TestApp app, string path, string? cookie = null)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await app.GetAsync(path, cookie);
            if (response.IsSuccessStatusCode || tries == 100)
            {
                return response;
            }

            response.Dispose();
        }
    }
}
