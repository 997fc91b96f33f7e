namespace ServerSessions.Testing;

/// <summary>One Redis Cluster for all tests of an assembly: three processes of the program of <see cref="RedisServer"/>.</summary>
public sealed class SharedRedisCluster : SharedServer<RedisPlace>
{
    private protected override string? Variable => null;

    private protected override string Program => RedisServer.ProgramName;

    private protected override async Task<Source> FromProgramAsync()
    {
        var cluster = await RedisCluster.StartAsync();
        return new Source(() => Task.FromResult(cluster.NewPlace()), cluster);
    }
}
