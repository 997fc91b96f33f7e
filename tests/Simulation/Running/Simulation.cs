using Microsoft.AspNetCore.Http;
using ServerSessions.Simulation.World;

namespace ServerSessions.Simulation.Running;

/// <summary>One history: some browsers with several tabs each, on three instances, from one seed.</summary>
internal sealed class Simulation
{
    private const int Browsers = 3;
    private const int Clients = 8;
    private const int RequestsOfAClient = 10;

    private const string Count = "count";
    private const string Code = "code";

    private readonly SimClock _clock = new();
    private readonly Scheduler _scheduler;
    private readonly SimStore _store;
    private readonly SimInstance[] _instances;
    private readonly string?[] _jars = new string?[Browsers];
    private readonly Random _random;
    private readonly List<Step> _steps;
    private int _sids;

    public Simulation(int seed, bool comparesAndSets = true)
    {
        _random = new Random(seed);
        _scheduler = new Scheduler(_random.Next(), _clock);

        // A quarter of the histories has faults, in up to a quarter of the calls.
        var faults = _random.Next(4) == 0 ? _random.NextDouble() * 0.25 : 0;
        HasFaults = faults > 0;
        _scheduler.IsSlow = HasFaults;
        _store = new SimStore(_scheduler, _clock, faults, comparesAndSets, isTouchCheap: _random.Next(2) == 0);
        _instances = [.. Enumerable.Range(0, 3).Select(_ => new SimInstance(_store, _clock, () => $"sid{++_sids}", HandleAsync))];

        // Each history has its own mixture, so that rare pairs meet often in some.
        _steps =
        [
            .. Enumerable.Range(0, 3 + _random.Next(8)).Select(_ => (Step)_random.Next(Enum.GetValues<Step>().Length)),
            Step.Read,
            Step.Write,
        ];
    }

    public bool HasFaults { get; }

    public List<Exchange> History { get; } = [];

    public List<string> Violations { get; } = [];

    public string Trace => _scheduler.Trace;

    public IEnumerable<(string Sid, byte[] Payload)> Live => _store.Live;

    public async Task<Simulation> RunAsync()
    {
        _scheduler.Run(() => Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync)));
        _store.IsFaulty = _scheduler.IsSlow = false;
        _scheduler.Run(LookAsync);
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        Invariants.Check(this);
        return this;
    }

    /// <summary>Whether several requests set a key. The other keys have one writer each.</summary>
    public static bool IsShared(string key) => key is Count or Code;

    private static string Next(string count) => count.Split(' ') is [var name, var number]
        ? $"{name} {int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) + 1}"
        : throw new InvalidOperationException($"'{count}' is not a count.");

    private async Task ClientAsync(int client)
    {
        for (var request = 0; request < RequestsOfAClient; request++)
        {
            await _scheduler.StepAsync();
            await SendAsync(new Exchange(client % Browsers, _steps[_random.Next(_steps.Count)], History.Count));
        }
    }

    /// <summary>At the end every browser looks at what it has.</summary>
    private async Task LookAsync()
    {
        // What was given up long ago takes effect before.
        await Task.Delay(TimeSpan.FromMinutes(1), _clock);
        for (var browser = 0; browser < Browsers; browser++)
        {
            await SendAsync(new Exchange(browser, Step.Read, History.Count));
        }
    }

    private async Task SendAsync(Exchange exchange)
    {
        History.Add(exchange);
        var cookie = _jars[exchange.Browser];
        exchange.SentSid = SidOf(cookie);
        exchange.Started = _scheduler.Now;
        var (status, setCookies) = await _instances[_random.Next(_instances.Length)].SendAsync(cookie, exchange);
        exchange.Status = status;
        exchange.Ended = _scheduler.Now;
        foreach (var setCookie in setCookies)
        {
            var pair = setCookie!.Split(';')[0];
            if (setCookie.Contains("Expires=Thu, 01 Jan 1970", StringComparison.Ordinal))
            {
                _jars[exchange.Browser] = null;
            }
            else
            {
                _jars[exchange.Browser] = pair;
                if (!_store.WasEverStored(SidOf(pair)!))
                {
                    Violations.Add($"A cookie of a session that was never stored: {exchange}");
                }
            }
        }

        _scheduler.Note(exchange.ToString());
    }

    private static string? SidOf(string? cookie) => cookie is null ? null : Uri.UnescapeDataString(cookie).Split("s:")[1].Split('.')[0];

    private async Task HandleAsync(HttpContext context)
    {
        var exchange = (Exchange)context.Items[typeof(SimInstance)]!;
        var session = context.GetServerSession();
        exchange.Ran = true;
        exchange.Found = [.. session.Keys.Where(static key => !IsShared(key))];
        await _scheduler.StepAsync();
        switch (exchange.Step)
        {
            case Step.Write:
                session.Set(exchange.Key, 1);
                break;
            case Step.WriteLate:
                await context.Response.StartAsync();
                session.Set(exchange.Key, 1);
                break;
            case Step.SaveAndWrite:
                session.Set(exchange.Key, 1);
                await session.SaveAsync();
                if (context.FindServerSession() is not null)
                {
                    session.Set(exchange.Key, 2);
                }

                break;
            case Step.WriteAndMove:
                session.Set(exchange.Key, 1);
                await session.RenewForSignInAsync();
                break;
            case Step.Move:
                await session.RenewIdAsync();
                break;
            case Step.Regenerate:
                await session.RegenerateAsync();
                break;
            case Step.Destroy:
                await session.DestroyAsync();
                break;
            case Step.Reload when !session.IsNew:
                await session.ReloadAsync();
                break;
            case Step.Unset:
                context.UnsetServerSession();
                break;
            case Step.Update:
                session.Set(exchange.Key, 1);
                exchange.Counted = await session.UpdateAsync<string>(Count, text => Next(text ?? $"{exchange.Key} 0"));
                break;
            case Step.Offer:
                session.Set(Code, exchange.Key);
                break;
            case Step.Take:
                session.Set(exchange.Key, 1);
                exchange.Taken = await session.TakeAsync<string>(Code);
                break;
            case Step.TakeLate:
                await context.Response.StartAsync();
                exchange.Taken = await session.TakeAsync<string>(Code);
                break;
        }

        exchange.LeftSid = context.GetServerSessionId();
        exchange.Done = true;
        await _scheduler.StepAsync();
    }
}
