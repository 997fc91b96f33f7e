using ServerSessions.Testing;

namespace ServerSessions.Benchmarks;

/// <summary>What a server of Redis' protocol says it is.</summary>
internal sealed record RedisVersion(bool IsValkey, Version Number)
{
    /// <summary>The first that compares by itself.</summary>
    private static readonly Version Comparing = new(8, 1);

    /// <summary>Why it is not measured as Valkey; <see langword="null"/> if it is.</summary>
    public string? WhyNotValkey => IsValkey && Number >= Comparing ? null : $"{this} is not Valkey {Comparing} or later.";

    public static async Task<RedisVersion> OfAsync(RedisServer server)
    {
        var info = (await server.CommandAsync("INFO", "server")).Split("\r\n");
        var valkey = Value(info, "valkey_version:");
        return new RedisVersion(valkey is not null, Version.Parse(valkey ?? Value(info, "redis_version:")!));
    }

    public override string ToString() => $"{(IsValkey ? "Valkey" : "Redis")} {Number}";

    private static string? Value(string[] info, string name) =>
        info.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
