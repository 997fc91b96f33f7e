using System.Globalization;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <content>What the servers tell an operator.</content>
public sealed partial class RedisSessionStore : IDiagnosableSessionStore
{
    private const string Policy = "maxmemory_policy";
    private const string NoEviction = "noeviction";

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var deadline = Deadline();
        var multiplexer = await _connection.MultiplexerAsync(SessionStoreOperation.Open, deadline, cancellationToken).ConfigureAwait(false);
        var primaries = multiplexer.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }).ToArray();
        if (primaries.Length == 0)
        {
            return
            [
                StoreCheck.Failed(
                    StoreCheckGroup.Rights,
                    "primary",
                    "only replicas are connected",
                    "a primary that takes writes",
                    "Name the primary in the URL, beside its replicas."
                ),
            ];
        }

        var checks = new List<StoreCheck>();
        foreach (var server in primaries)
        {
            try
            {
                var before = Clock.Now;
                var time = await deadline.WaitAsync(server.TimeAsync(), cancellationToken).ConfigureAwait(false);
                checks.Add(StoreChecks.Clock(time, before + ((Clock.Now - before) / 2)));

                // In a script, because the driver keeps INFO for connections in admin mode.
                var info = await deadline
                    .WaitAsync(server.ExecuteAsync("EVAL", "return redis.call('INFO')", 0), cancellationToken)
                    .ConfigureAwait(false);
                checks.AddRange(Server(Values(info.ToString())));
            }
            catch (Exception error) when (error is RedisException or RedisCommandException or TimeoutException)
            {
                // The text of a server's refusal is not repeated: it is the server's.
                checks.Add(
                    StoreCheck.Unknown(
                        StoreCheckGroup.Safety,
                        "server settings",
                        "the server did not tell them",
                        "Grant this user +info (ACL SETUSER), or read maxmemory-policy on the server."
                    )
                );
            }
        }

        return checks;
    }

    private static IEnumerable<StoreCheck> Server(Dictionary<string, string> info)
    {
        string Value(string name) => info.GetValueOrDefault(name, "unknown");

        yield return StoreCheck.Passed(StoreCheckGroup.Reach, "server", $"Redis {Value("redis_version")}");
        yield return StoreCheck.Passed(StoreCheckGroup.Rights, "primary", $"takes writes; replicas connected: {Value("connected_slaves")}");
        yield return StoreCheck.Passed(StoreCheckGroup.Tidy, "expired", "removed by the server");
        yield return StoreCheck.Of(
            Value(Policy) == NoEviction,
            StoreCheckGroup.Safety,
            "maxmemory-policy",
            $"{Value(Policy)}; maxmemory {Memory(Value("maxmemory"))}, used {Memory(Value("used_memory"))}",
            NoEviction,
            "With another policy a full server removes live sessions, and users are signed out. Set maxmemory-policy to noeviction."
        );
        yield return StoreCheck.Of(
            Value("evicted_keys") == "0",
            StoreCheckGroup.Safety,
            "evicted keys",
            $"{Value("evicted_keys")} since the server started",
            "0",
            "The server had no memory left and removed keys, maybe sessions. Give it more memory."
        );
        yield return StoreCheck.Of(
            Value("aof_enabled") == "1",
            StoreCheckGroup.Safety,
            "persistence",
            Value("aof_enabled") == "1"
                ? "append-only file"
                : $"no append-only file; changes since the last snapshot: {Value("rdb_changes_since_last_save")}",
            "an append-only file",
            "A restart of the server brings back ended sessions and loses new ones, from the last snapshot on. Set appendonly to yes."
        );
    }

    private static Dictionary<string, string> Values(string info) =>
        info.Split('\n', StringSplitOptions.TrimEntries)
            .Select(static line => line.Split(':', 2))
            .Where(static pair => pair.Length == 2)
            .DistinctBy(static pair => pair[0])
            .ToDictionary(static pair => pair[0], static pair => pair[1]);

    private static string Memory(string bytes) =>
        !long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? bytes
        : number == 0 ? "without a limit"
        : StoreChecks.Mebibytes(number);
}
