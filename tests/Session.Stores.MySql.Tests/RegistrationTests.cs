using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class RegistrationTests(SharedMySql shared)
    : RelationalRegistrationTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(
        () => TestDatabase.CreateAsync(shared),
        OwnServer.StartAsync,
        method: "AddMySqlStore",
        source: typeof(MySqlDataSource)
    )
{
    protected override string NoServer => "Server=127.0.0.1;Port=1;Database=app";

    protected override void AddStoreOnSource(IServerSessionBuilder builder) => builder.AddMySqlStore();

    protected override void AddStore(IServerSessionBuilder builder, string connectionString) => builder.AddMySqlStore(connectionString);

    protected override void AddStore(IServerSessionBuilder builder, StoreSettings settings) =>
        builder.AddMySqlStore(options => TestDatabase.Apply(settings, options));

    protected override void AddStore(IServerSessionBuilder builder, TestDatabase place) =>
        builder.AddMySqlStore(place.ConnectionString, static options => options.TableName = "mine");
}
