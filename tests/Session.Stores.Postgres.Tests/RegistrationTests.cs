using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class RegistrationTests(SharedPostgres shared)
    : RelationalRegistrationTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(
        () => TestDatabase.CreateAsync(shared),
        OwnServer.StartAsync,
        method: "AddPostgresStore",
        source: typeof(NpgsqlDataSource)
    )
{
    protected override string NoServer => "Host=127.0.0.1;Port=1";

    protected override void AddStoreOnSource(IServerSessionBuilder builder) => builder.AddPostgresStore();

    protected override void AddStore(IServerSessionBuilder builder, string connectionString) => builder.AddPostgresStore(connectionString);

    protected override void AddStore(IServerSessionBuilder builder, StoreSettings settings) =>
        builder.AddPostgresStore(options => TestDatabase.Apply(settings, options));

    protected override void AddStore(IServerSessionBuilder builder, TestDatabase place) =>
        builder.AddPostgresStore(place.ConnectionString, static options => options.TableName = "mine");
}
