using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>Values of a session, out of JSON and into it, within one request that does not end meanwhile.</summary>
[MemoryDiagnoser]
public class ValueBenchmarks
{
    private static readonly string[] Roles = ["reader", "writer"];

    private readonly SessionPipeline _pipeline = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _request = Task.CompletedTask;
    private ServerSession _session = null!;

    /// <summary>Begins the request.</summary>
    /// <returns>A task that completes once its session is there.</returns>
    [GlobalSetup]
    public async Task PrepareAsync()
    {
        var cookie = await _pipeline.BeginAsync();
        var reached = new TaskCompletionSource<ServerSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        _request = SessionPipeline.SendAsync(
            _pipeline.Build(context =>
            {
                reached.SetResult(context.GetServerSession());
                return _ending.Task;
            }),
            cookie
        );
        _session = await reached.Task;
        _session.Set("name", "Ada Lovelace");
        _session.Set("roles", Roles);
    }

    /// <summary>Ends the request.</summary>
    /// <returns>A task that completes once it has ended.</returns>
    [GlobalCleanup]
    public async Task EndAsync()
    {
        _ending.SetResult();
        await _request;
        await _pipeline.DisposeAsync();
    }

    /// <summary>Reads a number.</summary>
    [Benchmark]
    public int GetNumber() => _session.Get<int>("n");

    /// <summary>Reads a text.</summary>
    [Benchmark]
    public string? GetText() => _session.Get<string>("name");

    /// <summary>Reads an array.</summary>
    [Benchmark]
    public string[]? GetArray() => _session.Get<string[]>("roles");

    /// <summary>Writes a number.</summary>
    [Benchmark]
    public void SetNumber() => _session.Set("n", 2);

    /// <summary>Writes a text.</summary>
    [Benchmark]
    public void SetText() => _session.Set("name", "Ada Lovelace");

    /// <summary>Writes an array.</summary>
    [Benchmark]
    public void SetArray() => _session.Set("roles", Roles);
}
