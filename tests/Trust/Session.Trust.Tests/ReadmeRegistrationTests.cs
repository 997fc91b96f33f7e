using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Redis;

namespace ServerSessions.Trust.Tests;

/// <summary>The registrations of the README, as they stand there.</summary>
public sealed class ReadmeRegistrationTests
{
    [Fact]
    public async Task The_strict_registration_of_the_readme_gives_strict_settings()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ServerSessions:Secret"] = "a secret that is as long as a secret has to be",
                ["ServerSessions:Protection:Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            }
        );

        builder
            .Services.AddServerSessions(options =>
            {
                options.Secret = builder.Configuration["ServerSessions:Secret"];
                options.Protection.Key = builder.Configuration["ServerSessions:Protection:Key"];
            })
            .UseStrictDefaults()
            .AddRedisStore("localhost:6379");

        await using var services = builder.Services.BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<ServerSessionOptions>>().Value;
        Assert.Equal(
            ("__Host-Http-sid", SessionCookieSecure.Always, true),
            (options.Cookie.Name, options.Cookie.Secure, options.Protection.HashIds)
        );
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(24)), (options.IdleTimeout, options.AbsoluteTimeout));
        Assert.IsType<RedisSessionStore>(services.GetRequiredService<ISessionStore>());
    }

    [Fact]
    public async Task The_store_that_the_configuration_names_is_the_one_that_is_used()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ServerSessions:Store"] = "redis://localhost",
                ["ServerSessions:Secret"] = "a secret that is as long as a secret has to be",
                ["ServerSessions:Protection:HashIds"] = "true",
            }
        );

        builder
            .Services.AddServerSessions(builder.Configuration.GetSection("ServerSessions"))
            .AddStoreFromConfiguration(builder.Configuration);

        await using var services = builder.Services.BuildServiceProvider();
        Assert.IsType<RedisSessionStore>(services.GetRequiredService<ISessionStore>());
        Assert.True(services.GetRequiredService<IOptions<ServerSessionOptions>>().Value.Protection.HashIds);
    }
}
