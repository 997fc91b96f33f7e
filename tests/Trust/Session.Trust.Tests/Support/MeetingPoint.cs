using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// Barriers across processes: who comes to a meeting by an HTTP request, or by a call in this process, is kept until as many have come as
/// it is for.
/// </summary>
public sealed class MeetingPoint : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Meeting> _meetings = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private Uri _address = null!;
    private int _names;

    private MeetingPoint(WebApplication app) => _app = app;

    /// <summary>Starts one.</summary>
    public static async Task<MeetingPoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var point = new MeetingPoint(app);
        app.Run(context => point.ArriveAsync(context.Request.Path.Value!));
        await app.StartAsync();
        point._address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return point;
    }

    /// <summary>A meeting that no one has been to, for so many.</summary>
    public string New(int size) => $"/{size}/{Interlocked.Increment(ref _names)}";

    /// <summary>What another process asks for in order to come.</summary>
    public string AddressOf(string meeting) => new Uri(_address, meeting).ToString();

    /// <summary>Comes to a meeting; completes when all have come.</summary>
    public Task ArriveAsync(string meeting)
    {
        var size = int.Parse(meeting.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
        var state = _meetings.GetOrAdd(meeting, static _ => new Meeting());
        if (Interlocked.Increment(ref state.Arrived) == size)
        {
            _meetings.TryRemove(meeting, out _);
            state.Complete.SetResult();
        }

        return state.Complete.Task.WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Meeting
    {
        public int Arrived;

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
