using System.Diagnostics;

namespace ServerSessions.Benchmarks.EndToEnd.Load;

/// <summary>
/// So many connections, each with one request under way at any time, for a given time. A connection takes sessions of its own in turn, as a
/// browser does: were they shared, nearly every second write would meet another, and the measure would be how often updates are lost or
/// made again.
/// </summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(LoadRequest request)
    {
        var cookies = request.Kind == RequestKind.NoSession ? [""] : await FillAsync(request);
        var messages = Array.ConvertAll(cookies, cookie => HttpConnection.Request(Names.Path(request.Kind), cookie));
        var warmUp = Ticks(request.WarmUpSeconds);
        var start = Stopwatch.GetTimestamp() + warmUp;
        var end = start + Ticks(request.Seconds);
        var workers = new Worker[request.Connections];
        var running = new Task[request.Connections];
        for (var i = 0; i < workers.Length; i++)
        {
            var worker = workers[i] = new Worker(
                request.Ports[i % request.Ports.Length],
                [.. messages.Where((_, at) => messages.Length == 1 || at % workers.Length == i)]
            );
            running[i] = Task.Run(() => worker.RunAsync(start, end));
        }

        await Task.WhenAll(running);
        var latencies = new List<long>();
        foreach (var worker in workers)
        {
            latencies.AddRange(worker.Latencies);
        }

        latencies.Sort();
        return new LoadResult(
            latencies.Count / request.Seconds,
            Milliseconds(latencies, 0.5),
            Milliseconds(latencies, 0.99),
            workers.Sum(static worker => worker.Errors),
            workers.Select(static worker => worker.FirstError).FirstOrDefault(static error => error is not null),
            workers.Sum(static worker => worker.Answers) + (request.Kind == RequestKind.NoSession ? 0 : cookies.Length)
        );
    }

    /// <summary>Sessions to work with; gives their cookies.</summary>
    private static async Task<string[]> FillAsync(LoadRequest request)
    {
        using var connection = await HttpConnection.OpenAsync(request.Ports[0]);
        var fill = HttpConnection.Request($"/fill?bytes={request.PayloadBytes}", cookie: "");
        var cookies = new string[request.Sessions];
        for (var i = 0; i < cookies.Length; i++)
        {
            var status = await connection.SendAsync(fill);
            cookies[i] = connection.Cookie() ?? throw new IOException($"No session was begun: status {status}.");
        }

        return cookies;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static double Milliseconds(List<long> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[(int)(share * (sorted.Count - 1))] * 1000.0 / Stopwatch.Frequency;

    private sealed class Worker(int port, byte[][] messages)
    {
        public List<long> Latencies { get; } = new(50_000);

        public int Errors { get; private set; }

        public long Answers { get; private set; }

        public string? FirstError { get; private set; }

        public async Task RunAsync(long start, long end)
        {
            try
            {
                using var connection = await HttpConnection.OpenAsync(port);
                var before = Stopwatch.GetTimestamp();
                for (var next = 0; before < end; next = (next + 1) % messages.Length)
                {
                    var status = await connection.SendAsync(messages[next]);
                    var after = Stopwatch.GetTimestamp();
                    Answers++;
                    if (status != 200)
                    {
                        Fail($"status {status}");
                    }
                    else if (before >= start && after <= end)
                    {
                        Latencies.Add(after - before);
                    }

                    before = after;
                }
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                Fail(exception.Message);
            }
        }

        private void Fail(string what)
        {
            Errors++;
            FirstError ??= what;
        }
    }
}
