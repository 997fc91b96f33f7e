using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>
/// What leaves an application by OTLP, with traces, metrics and logs of this library and of the drivers, and a request of each kind.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ExportedSecretTests(SharedRedis redis, SharedPostgres postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_that_is_exported_with_Redis_has_an_id_a_value_or_a_secret(bool isVerbose)
    {
        await using var place = await redis.NewPlaceAsync();
        await using var collector = await OtlpCollector.StartAsync();
        var sids = await RunOnRedisAsync(place, collector, options =>
        {
            if (isVerbose)
            {
                options.SetVerboseDatabaseStatements = true;
            }
        });
        Assert.True(collector.Has("EVALSHA", "traces"), "The driver's spans were not exported.");
        AssertHidden(collector, sids);
    }

    [Fact]
    public async Task Nothing_that_is_exported_with_PostgreSQL_has_an_id_a_value_or_a_secret()
    {
        await using var place = await postgres.NewPlaceAsync();
        await using var collector = await OtlpCollector.StartAsync();
        var sids = await RunAsync(builder =>
        {
            Export(builder.Services, collector)
                .WithTracing(static traces => traces.AddNpgsql())
                .WithMetrics(static metrics => metrics.AddMeter("Npgsql"));
            builder.AddPostgresStore(place.ConnectionString).AddLoggedEvents().AddAuditedEvents();
        });
        Assert.True(collector.Has("postgresql", "traces"), "The driver's spans were not exported.");
        AssertHidden(collector, sids);
        foreach (var password in PasswordsOf(place.ConnectionString))
        {
            Assert.False(collector.Has(password), "A password was exported.");
        }
    }

    private static async Task<IReadOnlyList<string>> RunOnRedisAsync(
        RedisPlace place,
        OtlpCollector collector,
        Action<StackExchangeRedisInstrumentationOptions> configure
    )
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(place.ConnectionString);
        return await RunAsync(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
            Export(builder.Services, collector).WithTracing(traces => traces.AddRedisInstrumentation(configure));
            builder.AddRedisStore().AddRedisStore(options => options.Prefix = place.KeyPrefix).AddLoggedEvents().AddAuditedEvents();
        });
    }

    /// <summary>Runs the requests, and ends the application, which exports what it still has.</summary>
    private static async Task<IReadOnlyList<string>> RunAsync(Action<IServerSessionBuilder> sessions)
    {
        await using var app = await OperatedApp.StartAsync(sessions);
        return await Scenario.RunAsync(app);
    }

    private static OpenTelemetry.OpenTelemetryBuilder Export(IServiceCollection services, OtlpCollector collector)
    {
        void To(OtlpExporterOptions options, string signal) =>
            (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, collector.EndpointOf(signal));

        return services
            .AddOpenTelemetry()
            .WithTracing(traces =>
                traces
                    .AddServerSessionInstrumentation(storeCalls: true)
                    .AddSource("Microsoft.AspNetCore")
                    .AddOtlpExporter(options => To(options, "traces"))
            )
            .WithMetrics(metrics =>
                metrics.AddServerSessionInstrumentation().AddOtlpExporter(options => To(options, "metrics"))
            )
            .WithLogging(
                logs => logs.AddOtlpExporter(options => To(options, "logs")),
                static options => (options.IncludeScopes, options.IncludeFormattedMessage) = (true, true)
            );
    }

    private static void AssertHidden(OtlpCollector collector, IReadOnlyList<string> sids)
    {
        Assert.True(collector.Has(ServerSessionActivityNames.Commit, "traces"), "The spans were not exported.");
        Assert.True(collector.Has(ServerSessionMetricNames.LoadDuration, "metrics"), "The metrics were not exported.");
        Assert.True(collector.Has("SessionAudited", "logs") || collector.Has("session_created", "logs"), "The log was not exported.");
        Assert.All(sids, sid => Assert.False(collector.Has(sid), "A session id was exported."));
        Assert.False(collector.Has(OperatedApp.Value), "A value of a session was exported.");
        Assert.False(collector.Has(OperatedApp.Secret), "The secret was exported.");
    }

    private static IEnumerable<string> PasswordsOf(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).Password is { Length: > 0 } password ? [password] : [];
}
