using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MySqlConnector;
using Npgsql;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using StackExchange.Redis;

namespace ServerSessions.Trust.Tests.Leaks;

/// <summary>
/// Stores on connections of an application that has its drivers log and trace all they can, statements and parameters included.
/// </summary>
internal sealed class LoggingStores : IAsyncDisposable
{
    private readonly Func<ValueTask> _close;

    private LoggingStores(ISessionStore store, Func<ValueTask> close) => (Store, _close) = (store, close);

    public ISessionStore Store { get; }

    public static async Task<LoggingStores> OpenAsync(StorePlace place, ILoggerFactory logging)
    {
        var patience = TimeSpan.FromMinutes(1);
        switch (place.Backend)
        {
            case "redis":
                var configuration = ConfigurationOptions.Parse(place.Connection);
                configuration.LoggerFactory = logging;
                var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
                return new LoggingStores(
                    new RedisSessionStore(
                        new RedisSessionStoreOptions
                        {
                            Multiplexer = multiplexer,
                            Prefix = place.Name,
                            OperationTimeout = patience,
                        }
                    ),
                    multiplexer.DisposeAsync
                );
            case "postgres":
                var source = new NpgsqlDataSourceBuilder(place.Connection).UseLoggerFactory(logging).EnableParameterLogging().Build();
                return new LoggingStores(
                    new PostgresSessionStore(new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = patience }),
                    source.DisposeAsync
                );
            case "mysql":
                var mySql = new MySqlDataSourceBuilder(place.Connection).UseLoggerFactory(logging).Build();
                return new LoggingStores(
                    new MySqlSessionStore(new MySqlSessionStoreOptions { DataSource = mySql, OperationTimeout = patience }),
                    mySql.DisposeAsync
                );
            default:
                var settings = MongoClientSettings.FromConnectionString(place.Connection);
                settings.LoggingSettings = new LoggingSettings(logging, maxDocumentSize: 100_000);
                settings.TracingOptions = new TracingOptions { QueryTextMaxLength = 100_000 };
                var client = new MongoClient(settings);
                return new LoggingStores(
                    new MongoSessionStore(
                        new MongoSessionStoreOptions
                        {
                            Client = client,
                            DatabaseName = place.Name,
                            OperationTimeout = patience,
                        }
                    ),
                    () =>
                    {
                        client.Dispose();
                        return ValueTask.CompletedTask;
                    }
                );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StorePlace.CloseAsync(Store);
        await _close();
    }
}
