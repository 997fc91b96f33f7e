using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Enumerates the keys under the prefix on every primary with SCAN, in short steps. Returns each key once.</summary>
internal sealed class KeyScan(RedisConnection connection, RedisFailures failures, SessionKeys keys, RedisSettings settings)
{
    private const int Slots = 16_384;

    /// <summary>Returns the keys in pages, as bytes.</summary>
    /// <param name="operation">What is being done.</param>
    /// <param name="stringsOnly">Whether the server leaves out keys of other types than string.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>Pages; some may be empty.</returns>
    public async IAsyncEnumerable<List<byte[]>> PagesAsync(
        SessionStoreOperation operation,
        bool stringsOnly,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // SCAN returns a key twice if the server shrinks its table meanwhile, or if a cluster moves a slot.
        var seen = new HashSet<UInt128>();
        foreach (var primary in await PrimariesAsync(operation, cancellationToken).ConfigureAwait(false))
        {
            var cursor = "0";
            do
            {
                (cursor, var page) = await StepAsync(primary, cursor, operation, stringsOnly, cancellationToken).ConfigureAwait(false);
                page.RemoveAll(key => !seen.Add(SessionKeys.Digest(key)));
                yield return page;
            } while (cursor != "0");
        }
    }

    private async ValueTask<(string Cursor, List<byte[]> Keys)> StepAsync(
        IServer primary,
        string cursor,
        SessionStoreOperation operation,
        bool stringsOnly,
        CancellationToken cancellationToken
    )
    {
        object[] arguments =
        [
            cursor,
            "MATCH",
            keys.Pattern,
            "COUNT",
            settings.ScanCount,
            .. stringsOnly ? new object[] { "TYPE", "string" } : [],
        ];
        Task<RedisResult>? sent = null;
        try
        {
            sent = primary.ExecuteAsync(settings.Database < 0 ? null : settings.Database, "SCAN", arguments, CommandFlags.None);
            var reply = await sent.WaitAsync(settings.Timeout, cancellationToken).ConfigureAwait(false);
            return ((string)reply[0]!, [.. ((byte[]?[]?)reply[1] ?? []).OfType<byte[]>()]);
        }
        catch (Exception error)
        {
            Abandoned.Observe(sent);
            if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw connection.Failure(error, operation);
        }
    }

    /// <summary>
    /// Returns the primaries that the driver knows: it refreshes them every minute and at each redirect. A query here would need a
    /// connection with admin rights, which one that was passed in rarely has.
    /// </summary>
    private async ValueTask<IReadOnlyList<IServer>> PrimariesAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        var multiplexer = await connection
            .MultiplexerAsync(operation, CallDeadline.In(settings.Timeout), cancellationToken)
            .ConfigureAwait(false);
        try
        {
            if (!multiplexer.IsConnected)
            {
                // Only the exception of a command says why there is no connection; the list of servers does not.
                await connection
                    .Database(multiplexer)
                    .ScriptEvaluateAsync(RedisScript.Time.Text, flags: CommandFlags.DemandMaster)
                    .WaitAsync(settings.Timeout, cancellationToken)
                    .ConfigureAwait(false);
            }

            return Primaries(multiplexer, operation);
        }
        catch (Exception error) when (error is not SessionStoreException && !cancellationToken.IsCancellationRequested)
        {
            throw connection.Failure(error, operation);
        }
    }

    private List<IServer> Primaries(IConnectionMultiplexer multiplexer, SessionStoreOperation operation)
    {
        var servers = multiplexer
            .GetServers()
            .Where(static server => server.IsConnected && server.ServerType != ServerType.Sentinel)
            .ToList();
        if (servers.Find(static server => server.ClusterConfiguration is not null)?.ClusterConfiguration is not { } cluster)
        {
            var primaries = servers.FindAll(static server => !server.IsReplica);
            return primaries.Count > 0 ? primaries : throw failures.Incomplete(operation);
        }

        var holders = cluster.Nodes.Where(static node => !node.IsReplica && node.Slots.Count > 0).ToList();
        var served = holders.Sum(static node => node.Slots.Sum(static range => range.To - range.From + 1));
        var connected = holders.Select(node => servers.Find(server => Equals(server.EndPoint, node.EndPoint))).OfType<IServer>().ToList();
        return served == Slots && connected.Count == holders.Count ? connected : throw failures.Incomplete(operation);
    }
}
