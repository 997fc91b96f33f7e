using System.Buffers.Binary;
using System.Security.Cryptography;
using ServerSessions.Stores.Redis.Connection;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>One enumeration of the keys under the prefix on every primary, with SCAN, in short steps. Not thread safe.</summary>
/// <param name="connection">The connection.</param>
/// <param name="errors">The errors.</param>
/// <param name="settings">The settings.</param>
/// <param name="operation">What is being done.</param>
/// <param name="stringsOnly">Whether the server leaves out keys of other types than string.</param>
internal sealed class KeyScan(
    RedisConnection connection,
    RedisErrors errors,
    RedisSettings settings,
    SessionStoreOperation operation,
    bool stringsOnly
)
{
    private const int Slots = 16_384;

    /// <summary>Sids of one page, which are read or removed concurrently: a balance of a listing's speed and its memory.</summary>
    private const int PageSize = 64;

    private const string FirstCursor = "0";

    private readonly RedisKeys _keys = new(settings.Prefix);

    // SCAN returns a key twice if the server shrinks its table meanwhile, or if a cluster moves a slot.
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<string?> _found = new();
    private Queue<IServer>? _primaries;
    private string _cursor = FirstCursor;

    /// <summary>Whether there may be another page.</summary>
    public bool HasMore => _primaries is not { Count: 0 } || _found.Count > 0;

    /// <summary>Returns the next page, which may be empty: the sid of each key; <see langword="null"/> for a key without one.</summary>
    public async ValueTask<IReadOnlyCollection<string?>> NextAsync(CancellationToken cancellationToken)
    {
        _primaries ??= new(await PrimariesAsync(cancellationToken).ConfigureAwait(false));
        if (_found.Count == 0)
        {
            await StepAsync(_primaries.Peek(), cancellationToken).ConfigureAwait(false);
            if (_cursor == FirstCursor)
            {
                _primaries.Dequeue();
            }
        }

        var page = new List<string?>(PageSize);
        while (page.Count < PageSize && _found.TryDequeue(out var sid))
        {
            page.Add(sid);
        }

        return page;
    }

    private async ValueTask StepAsync(IServer primary, CancellationToken cancellationToken)
    {
        object[] arguments =
        [
            _cursor,
            "MATCH",
            _keys.Pattern,
            "COUNT",
            settings.ScanCount,
            .. stringsOnly ? new object[] { "TYPE", "string" } : [],
        ];
        try
        {
            var reply = await CallDeadline
                .In(settings.Timeout)
                .WaitAsync(
                    primary.ExecuteAsync(settings.Database < 0 ? null : settings.Database, "SCAN", arguments, CommandFlags.None),
                    cancellationToken
                )
                .ConfigureAwait(false);
            _cursor = (string)reply[0]!;
            foreach (var key in ((byte[]?[]?)reply[1] ?? []).OfType<byte[]>().Where(IsNew))
            {
                _found.Enqueue(_keys.Sid(key));
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw connection.Failure(error, operation);
        }
    }

    /// <summary>Remembers 16 bytes that identify a key.</summary>
    private bool IsNew(byte[] key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return _seen.Add(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>
    /// Returns the primaries that the driver knows: it refreshes them every minute and at each redirect. A query here would need a
    /// connection with admin rights, which one that was passed in rarely has.
    /// </summary>
    private async ValueTask<IEnumerable<IServer>> PrimariesAsync(CancellationToken cancellationToken)
    {
        var deadline = CallDeadline.In(settings.Timeout);
        var multiplexer = await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!multiplexer.IsConnected)
            {
                // Only the exception of a command says why there is no connection; the list of servers does not.
                await deadline
                    .WaitAsync(
                        connection.Database(multiplexer).ScriptEvaluateAsync(RedisScript.Time.Text, flags: CommandFlags.DemandMaster),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }

            return Primaries(multiplexer);
        }
        catch (Exception error) when (error is not SessionStoreException && !cancellationToken.IsCancellationRequested)
        {
            throw connection.Failure(error, operation);
        }
    }

    private List<IServer> Primaries(IConnectionMultiplexer multiplexer)
    {
        var servers = multiplexer
            .GetServers()
            .Where(static server => server.IsConnected && server.ServerType != ServerType.Sentinel)
            .ToList();
        if (servers.Find(static server => server.ClusterConfiguration is not null)?.ClusterConfiguration is not { } cluster)
        {
            var primaries = servers.FindAll(static server => !server.IsReplica);
            return primaries.Count > 0 ? primaries : throw errors.Incomplete(operation);
        }

        var holders = cluster.Nodes.Where(static node => !node.IsReplica && node.Slots.Count > 0).ToList();
        var served = holders.Sum(static node => node.Slots.Sum(static range => range.To - range.From + 1));
        var connected = holders.Select(node => servers.Find(server => Equals(server.EndPoint, node.EndPoint))).OfType<IServer>().ToList();
        return served == Slots && connected.Count == holders.Count ? connected : throw errors.Incomplete(operation);
    }
}
