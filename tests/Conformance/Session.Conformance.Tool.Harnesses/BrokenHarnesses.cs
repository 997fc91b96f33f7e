using ServerSessions.Stores.Memory;

namespace ServerSessions.Conformance.Tool.Harnesses;

/// <summary>A store that breaks a required rule: a sign-out ends nothing.</summary>
public sealed class ForgetfulHarness : MemoryHarness
{
    public override string Name => "Forgetful";

    public override string Backend => "memory, with a hole";

    protected override ISessionStore Wrap(MemorySessionStore store) => new Without(store);

    private sealed class Without(MemorySessionStore inner) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            Sid.ThrowIfInvalid(sid);
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A store that breaks a recommended rule only: it can clear, and does not declare it.</summary>
public sealed class WeakHarness : MemoryHarness
{
    protected override ISessionStore Wrap(MemorySessionStore store) => new Silent(store);

    private sealed class Silent(MemorySessionStore inner) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.DestroyAsync(sid, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken = default) => inner.ClearAsync(cancellationToken);
    }
}

/// <summary>No harness to rely on: one store for all spaces.</summary>
public sealed class OneStoreHarness : SessionStoreHarness
{
    private readonly MemorySessionStore _store = new(new MemorySessionStoreOptions());

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(_store);
}

/// <summary>Its server is not there.</summary>
public sealed class AbsentServerHarness : MemoryHarness
{
    public override ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<string?>("There is no server here.");
}

/// <summary>It cannot be made.</summary>
public sealed class ThrowingHarness : MemoryHarness
{
    public ThrowingHarness() => throw new InvalidOperationException("There is no connection string.");
}

/// <summary>Its store is never made, and it says when it is disposed.</summary>
public sealed class WaitingHarness : SessionStoreHarness
{
    public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("It never ends.");
    }

    public override ValueTask DisposeAsync()
    {
        Console.WriteLine("the harness was disposed");
        return base.DisposeAsync();
    }
}

/// <summary>It says of itself, and its store says in an error, what a terminal would obey.</summary>
public sealed class CommandingHarness : MemoryHarness
{
    public override string Name => "Command\e]0;title\a\ning\u009b31m";

    public override string Backend => "\e[2J\u202e";

    protected override ISessionStore Wrap(MemorySessionStore store) => new Commanding(store);

    private sealed class Commanding(MemorySessionStore inner) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("\e[31m\a\n  repeat:      reboot\u2028");
    }
}

/// <summary>It cannot be made, and says so in what a terminal would obey.</summary>
public sealed class CommandingAtStartHarness : MemoryHarness
{
    public CommandingAtStartHarness() => throw new InvalidOperationException("\e[31m\a");
}

/// <summary>It needs a server, which says when it stops.</summary>
public sealed class StartedServerHarness : MemoryHarness
{
    private static readonly HarnessServer Server = new(static _ =>
        Task.FromResult<(ServerAddress, IAsyncDisposable)>((new ServerAddress("127.0.0.1", 6379), new Speaking()))
    );

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        await Server.StartAsync(cancellationToken);
        return null;
    }

    public override ValueTask DisposeAsync()
    {
        Console.WriteLine("the harness was disposed");
        return base.DisposeAsync();
    }

    private sealed class Speaking : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Console.WriteLine("the server was stopped");
        }
    }
}
