using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;
using ServerSessions.Testing.MongoServer.Data;
using ServerSessions.Testing.MongoServer.Wire;

namespace ServerSessions.Testing.MongoServer;

/// <summary>
/// A server for tests that speaks MongoDB's wire protocol, for machines without a mongod. It is a test double: it knows the commands,
/// operators and options that drivers and session stores send, keeps everything in memory, and replies to anything else with an error. What
/// passes here has yet to pass on a real server.
/// </summary>
/// <remarks>
/// Listens on 127.0.0.1 without users or TLS. Presents itself as MongoDB 7.0, a standalone or the only member of a replica set.
/// Statements are executed one at a time, each as one step.
/// </remarks>
public sealed class MongoTestServer : IAsyncDisposable
{
    private readonly MongoTestServerOptions _options;
    private readonly Catalog _catalog = new();
    private readonly CommandDispatcher _dispatcher;
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private readonly ITimer? _ttlMonitor;
    private Listening _listening;

    private MongoTestServer(MongoTestServerOptions options)
    {
        _options = options;
        _listening = new Listening(options.Port);
        Port = _listening.Port;
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
        ConnectionString = $"mongodb://{address}/" + (options.ReplicaSet is { } name ? $"?replicaSet={Uri.EscapeDataString(name)}" : "");
        _dispatcher = new CommandDispatcher(
            _catalog,
            new ServerCommands(address, options.ReplicaSet),
            options.TimeProvider,
            options.ReplicaSet
        );
        if (options.TtlInterval != Timeout.InfiniteTimeSpan)
        {
            _ttlMonitor = options.TimeProvider.CreateTimer(
                static state => ((MongoTestServer)state!).RemoveExpired(),
                this,
                options.TtlInterval,
                options.TtlInterval
            );
        }

        Resume();
    }

    /// <summary>What a driver needs to know: <c>mongodb://127.0.0.1:PORT/</c>, with the replica set's name if there is one.</summary>
    public string ConnectionString { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What goes wrong with the commands that come.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>The commands that were received, oldest first, without hello.</summary>
    public IReadOnlyCollection<BsonDocument> Commands => _dispatcher.Received;

    /// <summary>Starts a server.</summary>
    /// <param name="options">How; <see langword="null"/>: a standalone on a free port.</param>
    /// <returns>The server, which listens already.</returns>
    public static MongoTestServer Start(MongoTestServerOptions? options = null) => new(options ?? new MongoTestServerOptions());

    /// <summary>Forgets <see cref="Commands"/>.</summary>
    public void ForgetCommands() => _dispatcher.Received.Clear();

    /// <summary>Removes now what the TTL monitor would remove.</summary>
    public void RemoveExpired() => _catalog.RemoveExpired(_options.TimeProvider.GetUtcNow());

    /// <summary>Closes all connections and refuses new ones, as a process that has ended. The documents stay.</summary>
    /// <returns>A task that completes once every connection is closed.</returns>
    public async Task StopAsync()
    {
        await _listening.DisposeAsync();
        foreach (var connection in _connections.Values)
        {
            await connection;
        }
    }

    /// <summary>Listens on the same port again after <see cref="StopAsync"/>.</summary>
    public void Resume()
    {
        if (_listening.IsStopped)
        {
            _listening = new Listening(Port);
        }

        _listening.Accept(
            (socket, stopping) =>
            {
                var connection = new ClientConnection(socket, _dispatcher, Faults);
                _connections[socket] = RunAsync();

                async Task RunAsync()
                {
                    // Not on the loop that accepts.
                    await Task.Yield();
                    await connection.RunAsync(stopping);
                    _connections.TryRemove(socket, out _);
                }
            }
        );
    }

    /// <summary>Ends the server and forgets everything.</summary>
    /// <returns>A task that completes once every connection is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_ttlMonitor is not null)
        {
            await _ttlMonitor.DisposeAsync();
        }

        await StopAsync();
    }
}
