using Testcontainers.Redis;

namespace ServerSessions.Testing;

/// <summary>
/// Redis for all tests of an assembly: <c>SESSION_TEST_REDIS</c> (a <c>redis://</c> URL), the program of <see cref="RedisServer"/>, or a
/// container.
/// </summary>
public sealed class SharedRedis : SharedServer<RedisPlace>
{
    private protected override string Variable => "SESSION_TEST_REDIS";

    private protected override string Program => RedisServer.ProgramName;

    private protected override Source FromEnvironment(string value) => FromUrl(new Uri(value));

    private protected override async Task<Source> FromProgramAsync()
    {
        var server = await RedisServer.StartAsync();
        return new Source(() => Task.FromResult(server.NewPlace()), server);
    }

    private protected override async Task<Source> FromContainerAsync()
    {
        var container = new RedisBuilder("redis:7").Build();
        await container.StartAsync();
        return FromUrl(new Uri("redis://" + container.GetConnectionString())) with { Owner = container };
    }

    /// <summary>A server that others may use too: places differ in their prefix alone, and are emptied at the end.</summary>
    private static Source FromUrl(Uri url)
    {
        var address = RedisAddress.Parse(url);
        return new Source(() =>
            Task.FromResult(new RedisPlace(address.ConnectionString, url.ToString(), $"test:{RandomName.New()}:", address.RemoveAsync))
        );
    }
}
