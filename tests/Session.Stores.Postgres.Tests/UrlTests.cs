using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class UrlTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres://app:p%40ss%3A%2F%25%20+@db.example:6543/my%20app", "Host=db.example;Port=6543;Username=app;Password=p@ss:/% +;Database=my app")]
    [InlineData("postgresql://db/app", "Host=db;Database=app")]
    [InlineData("POSTGRES://app@db", "Host=db;Username=app")]
    [InlineData("postgres:///app", "Host=localhost;Database=app")]
    [InlineData("postgres://", "Host=localhost")]
    [InlineData("postgres://[::1]:5433/app", "Host=::1;Port=5433;Database=app")]
    [InlineData("postgres://[fe80::1]/app", "Host=fe80::1;Database=app")]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/app", "Host=/var/run/postgresql;Database=app")]
    [InlineData("postgres:///app?host=%2Fvar%2Frun%2Fpostgresql&user=me", "Host=/var/run/postgresql;Database=app;Username=me")]
    [InlineData("postgres://a:b@c@db/app", "Host=db;Username=a;Password=b@c;Database=app")]
    [InlineData("postgres://db1:5432,db2:5433/app", "Host=db1:5432,db2:5433;Database=app")]
    [InlineData("postgres://db1,db2/app?target_session_attrs=any", "Host=db1,db2;Database=app;Target Session Attributes=any")]
    [InlineData("postgres://db/app?sslmode=verify-full&sslrootcert=%2Fca.pem", "Host=db;Database=app;SSL Mode=VerifyFull;Root Certificate=/ca.pem")]
    [InlineData("postgres://db/app?sslmode=no-verify", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db/app?application_name=shop&connect_timeout=1&Maximum%20Pool%20Size=7", "Host=db;Database=app;Application Name=shop;Timeout=1;Maximum Pool Size=7")]
    [InlineData("postgres://db/app?options=-c%20statement_timeout%3D5s", "Host=db;Database=app;Options=-c statement_timeout=5s")]
    public void A_url_says_what_its_connection_string_says(string url, string connectionString) => Assert.Equal(
        Settings(connectionString), Settings(PostgresSessionStoreUrl.ToConnectionString(url)));

    [Theory]
    [InlineData("postgres://u:very-secret@h:port/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret@h:0/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret@h:99999/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret%2@h/d", "'%' in its password")]
    [InlineData("postgres://u:very-secret%zz@h/d", "'%' in its password")]
    [InlineData("postgres://u:very-secret@h/d#x", "contains '#'")]
    [InlineData("postgres://u:very-secret@h/d?sslmode=always", "sslmode")]
    [InlineData("postgres://u:very-secret@h/d?nothing=very-secret", "a parameter 'nothing' that is unknown")]
    [InlineData("postgres://u:very-secret@h/d?connect_timeout=soon", "a parameter 'connect_timeout'")]
    [InlineData("mysql://u:very-secret@h/d", "starts with 'postgres://'")]
    public void A_malformed_url_is_refused_without_its_password(string url, string says)
    {
        var error = Assert.Throws<ArgumentException>(() => new PostgresSessionStoreUrl().AddStore(new ServerSessionBuilder(new ServiceCollection()), url));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<ArgumentException>(() => PostgresSessionStoreUrl.ToConnectionString(url)).Message);
    }

    [Fact]
    public async Task A_url_and_a_connection_string_lead_to_the_same_sessions()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        foreach (var add in new Action<ServiceCollection>[]
        {
            services => new PostgresSessionStoreUrl().AddStore(new ServerSessionBuilder(services), database.Url),
            services => new PostgresSessionStoreUrl().AddStoreFromConnectionString(new ServerSessionBuilder(services), database.ConnectionString),
            services => new PostgresSessionStoreUrl().AddStoreFromConnectionString(new ServerSessionBuilder(services), database.Url),
        })
        {
            var services = new ServiceCollection();
            add(services);
            await using var provider = services.BuildServiceProvider();
            var store = (PostgresSessionStore)provider.GetRequiredService<ISessionStore>();
            var stored = new SessionRecord(TestDatabase.Payload("a"), null);
            await store.TrySetAsync("a", stored, null, Cancel);
            Assert.NotNull(await store.GetAsync("a", Cancel));
            Assert.Equal(1, await store.LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_answers_is_used()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var store = database.Store(options => options.ConnectionString =
            $"postgres://{settings.Username}:{settings.Password}@127.0.0.1:1,{settings.Host}:{settings.Port}/{database.Name}");
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    private static string Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return string.Join('\n', settings.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => $"{key}={settings[key]}"));
    }
}
