using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Simulation.World;

namespace ServerSessions.Simulation.Users;

/// <summary>
/// Two instances of an application on two simulated stores, and one user's sessions. After each step of the scheduler the law is checked:
/// each live session is in the list of its user, which outlives it, and no list has more sessions than a user may have.
/// </summary>
internal sealed class UsersWorld : IAsyncDisposable
{
    public const string Subject = "ada";

    private readonly Scheduler _scheduler;
    private readonly SimClock _clock = new();
    private readonly CrashingStore _sessions;
    private readonly CrashingStore _lists;
    private readonly SimInstance[] _instances;
    private readonly int _limit;
    private readonly TimeSpan _operationTimeout;
    private readonly List<string> _violations = [];
    private readonly List<string> _history = [];
    private readonly HashSet<string> _everLive = [];
    private int _sids;

    public UsersWorld(int seed, int limit = 100, bool comparesAndSets = true)
    {
        // A call without a reply ends the one who made it, or is given up after a while as one whose reply was lost.
        _operationTimeout = seed % 2 == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(2);
        _limit = limit;
        _scheduler = new Scheduler(seed, _clock) { Stepped = CheckLaw };
        _sessions = new CrashingStore(new SimStore(_scheduler, _clock, 0, comparesAndSets: true, isTouchCheap: false));
        _lists = new CrashingStore(new SimStore(_scheduler, _clock, 0, comparesAndSets, isTouchCheap: false));
        _instances = [NewInstance(), NewInstance()];
    }

    public Random Random => _scheduler.Random;

    public IReadOnlyList<string> Violations => _violations;

    public IReadOnlyList<string> History => _history;

    public AtRest Now => AtRest.Of(_sessions.Inner, _lists.Inner);

    public void Run(Func<Task> history) => _scheduler.Run(history);

    public void Violate(string what) => _violations.Add($"step {_scheduler.Now}: {what}");

    /// <summary>From now on, <see cref="WasLive"/> begins with what is live.</summary>
    public void BeginLook()
    {
        _everLive.Clear();
        _everLive.UnionWith(Now.Sessions.Select(static session => session.Handle));
    }

    /// <summary>Whether a session of the handle was live since the last <see cref="BeginLook"/>.</summary>
    public bool WasLive(string handle) => _everLive.Contains(handle);

    public void Note(string what) => _history.Add($"[{_scheduler.Now}] {what}");

    /// <summary>Goes on with the clock.</summary>
    public Task WaitAsync(TimeSpan time) => Task.Delay(time, _clock);

    public IUserSessions Users() => _instances[Random.Next(2)].Services.GetRequiredService<IUserSessions>();

    /// <summary>Sends a request to one of the instances.</summary>
    /// <returns>The status, and the cookie that the browser has then.</returns>
    public async Task<(int Status, string? Cookie)> SendAsync(string path, string? cookie = null)
    {
        var (status, set) = await _instances[Random.Next(2)].SendAsync(cookie, path);
        return (status, set.FirstOrDefault()?.Split(';')[0] ?? cookie);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
    }

    private SimInstance NewInstance() =>
        new(
            _sessions,
            _clock,
            () => string.Create(CultureInfo.InvariantCulture, $"k{++_sids}"),
            HandleAsync,
            sessions =>
            {
                sessions.Services.Configure<ServerSessionOptions>(options =>
                {
                    options.IdleTimeout = TimeSpan.FromHours(1);
                    options.OperationTimeout = _operationTimeout;
                });
                sessions.AddUserSessions(options => options.MaxSessionsPerUser = _limit).AddUserIndexStore(_ => _lists);
            }
        );

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Items[typeof(SimInstance)])
        {
            case "in":
                await session.SignInAsync(Subject);
                break;
            case "renew" when session.Login is not null:
                await session.RenewIdAsync();
                break;
            case "write" when session.Login is not null:
                session.Set("written", Guid.CreateVersion7());
                break;
            case "out":
                await session.DestroyAsync();
                break;
        }
    }

    private void CheckLaw()
    {
        var now = Now;
        foreach (var session in now.Sessions)
        {
            _everLive.Add(session.Handle);
            if (!now.Lists.TryGetValue(session.Subject, out var list) || !list.Entries.Any(entry => entry.Keys.Contains(session.Key)))
            {
                Violate($"U1: {session.Key} is live and not listed");
            }
            else if (list.Expires < session.Expires)
            {
                Violate($"U7: the list ends at {list.Expires:T}, and {session.Key} at {session.Expires:T}");
            }
        }

        foreach (var list in now.Lists.Values)
        {
            if (list.Entries.Count(static entry => !entry.IsEnding) > _limit)
            {
                Violate($"U6: {list.Entries.Count} sessions are listed, and {_limit} are allowed");
            }

            if (list.Entries.Select(static entry => entry.Handle).Distinct().Count() != list.Entries.Count)
            {
                Violate("U3: a handle is listed twice");
            }
        }
    }
}
