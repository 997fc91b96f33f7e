namespace ServerSessions.Stores.Moving.Tests.Simulation;

/// <summary>
/// One history: instances in the modes of a roll-out, each with writers and ends of the same few sessions, on two stores. After every call
/// of a store it looks at both stores and checks what always holds.
/// </summary>
internal sealed class World
{
    private const int Instances = 4;
    private const int CallsOfAnInstance = 12;

    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private readonly Random _random;
    private readonly Steps _steps;
    private readonly SimStore _old;
    private readonly SimStore _new;
    private readonly List<SimInstance> _instances = [];
    private readonly SimSession[] _sessions;
    private readonly SessionMoveMode[] _plan;

    public World(int seed, Mutant mutant = Mutant.None, bool mixesDirections = false)
    {
        _random = new Random(seed);
        _steps = new Steps(_random);
        Mutant = mutant;
        _old = new SimStore(this, "Old", hasTokens: _random.Next(2) == 0);
        _new = new SimStore(this, "New", hasTokens: _random.Next(2) == 0);
        _plan = mixesDirections
            ? [SessionMoveMode.CarryToNew, SessionMoveMode.CarryToOld]
            : [SessionMoveMode.Stay, SessionMoveMode.CarryToNew, SessionMoveMode.Stay, SessionMoveMode.CarryToOld, SessionMoveMode.Stay];
        _sessions = [.. Enumerable.Range(1, 2).Select(number => new SimSession($"session{number}", Violations))];
        for (var i = 0; i < Instances; i++)
        {
            _instances.Add(new SimInstance(this, _old, _new));
        }
    }

    public Mutant Mutant { get; }

    public SimClock Clock { get; } = new();

    public List<string> Violations { get; } = [];

    /// <summary>The instance whose code runs.</summary>
    public AsyncLocal<SimInstance?> Running { get; } = new();

    public World Run()
    {
        _steps.Run(async () =>
        {
            foreach (var session in _sessions)
            {
                await _old.TrySetAsync(session.Sid, session.Begin(Clock.GetUtcNow() + Life), null);
            }

            await Task.WhenAll(_instances.Select(RunAsync));
            Running.Value = null;
            Check();
        });
        return this;
    }

    /// <summary>Has a call take effect, checks, and lets others run. An instance that has crashed never goes on.</summary>
    public async Task<T> EffectAsync<T>(Func<T> effect)
    {
        var instance = Running.Value;
        var result = effect();
        Check();
        await _steps.NextAsync();
        if (instance is not null && instance.IsToCrash(_random))
        {
            await new TaskCompletionSource().Task;
        }

        return result;
    }

    private async Task RunAsync(SimInstance instance)
    {
        for (var call = 0; call < CallsOfAnInstance && !instance.HasCrashed; call++)
        {
            await _steps.NextAsync();
            Change(instance);
            await await Task.WhenAny(ActAsync(instance), instance.Crashed);
        }
    }

    /// <summary>Rolls an instance out to the next mode, has time pass, or sets a clock.</summary>
    private void Change(SimInstance instance)
    {
        var othersAreThere = _instances.TrueForAll(other => other.HasCrashed || other.Phase >= instance.Phase);
        if (othersAreThere && instance.Phase + 1 < _plan.Length && _random.Next(4) == 0)
        {
            instance.Phase++;
        }

        instance.Mode = _plan[instance.Phase];
        switch (_random.Next(40))
        {
            case 0:
                Clock.Advance(TimeSpan.FromMinutes(6));
                break;
            case 1:
                instance.Clock.BeWrongBy(TimeSpan.FromSeconds(_random.Next(-120, 120)));
                break;
            case 2:
                Clock.Advance(TimeSpan.FromSeconds(_random.Next(60)));
                break;
        }
    }

    private async Task ActAsync(SimInstance instance)
    {
        Running.Value = instance;
        var session = _sessions[_random.Next(_sessions.Length)];
        var expires = instance.Clock.GetUtcNow() + Life;
        await (
            _random.Next(12) switch
            {
                0 => session.DestroyAsync(instance),
                1 => session.TouchAsync(instance, expires),
                2 => session.CreateAsync(instance, expires),
                < 6 => session.ReadAsync(instance),
                _ => session.WriteAsync(instance, expires, remembersToken: _random.Next(2) == 0),
            }
        );
    }

    private void Check()
    {
        foreach (var session in _sessions)
        {
            var (old, @new) = (SlotText.Of(_old.TextOf(session.Sid)), SlotText.Of(_new.TextOf(session.Sid)));
            if (old.Kind == "record" && @new.Kind == "record")
            {
                Violations.Add($"M1: both stores hold {session.Sid}.");
            }

            var expires = @new.Kind is "record" or "copy" ? _new.ExpiresOf(session.Sid) : _old.ExpiresOf(session.Sid);
            session.Check(SlotText.Owned(old, @new), expires, $"{old.Kind} in the old store, {@new.Kind} in the new one");
        }
    }
}

/// <summary>One instance of the application, with a store of two of its own.</summary>
internal sealed class SimInstance
{
    private readonly TaskCompletionSource _crashed = new();

    public SimInstance(World world, SimStore old, SimStore @new)
    {
        Clock = new SimClock(world.Clock);
        Store = MovingSessionStore.Create(old, @new, () => Mode, Clock);
    }

    public SimClock Clock { get; }

    public MovingSessionStore Store { get; }

    public SessionMoveMode Mode { get; set; }

    public int Phase { get; set; }

    public Task Crashed => _crashed.Task;

    public bool HasCrashed => _crashed.Task.IsCompleted;

    public bool IsToCrash(Random random)
    {
        if (random.Next(60) == 0)
        {
            _crashed.TrySetResult();
        }

        return HasCrashed;
    }
}
