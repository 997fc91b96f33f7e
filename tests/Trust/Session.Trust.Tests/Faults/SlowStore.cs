using Microsoft.Data.Sqlite;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A place for sessions that is slow while the test likes: a server behind a slow network, or a database that another holds locked.
/// </summary>
internal sealed class SlowStore : IAsyncDisposable
{
    /// <summary>How long each piece of data is on its way, in each direction.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    private readonly FaultyServer? _server;
    private SqliteConnection? _holder;

    private SlowStore(StorePlace place, FaultyServer? server = null) => (Place, _server) = (place, server);

    public StorePlace Place { get; }

    /// <summary>Whether nothing is written until it ends.</summary>
    public bool IsHeld => _server is null;

    public static async Task<SlowStore> StartAsync(string backend, Places places)
    {
        if (backend == "sqlite")
        {
            return new SlowStore(await places.NewAsync(backend));
        }

        var server = await FaultyServer.StartAsync(backend, seed: 0);
        return new SlowStore(server.Place(TimeSpan.FromMinutes(1)), server);
    }

    public async Task BeginAsync()
    {
        _server?.Proxy.Delay(Delay);
        if (IsHeld)
        {
            _holder = new SqliteConnection($"Data Source={Place.Connection};Pooling=false");
            await _holder.OpenAsync();
            await ExecuteAsync("BEGIN IMMEDIATE");
        }
    }

    public async Task EndAsync()
    {
        _server?.Proxy.Pass();
        if (_holder is not null)
        {
            await ExecuteAsync("ROLLBACK");
            await _holder.DisposeAsync();
            _holder = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _holder!.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
