using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class UrlTests(SharedMySql shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mysql")]
    [InlineData("MariaDB")]
    public async Task A_URL_opens_the_database_that_it_names(string scheme)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var url = scheme + database.Url["mysql".Length..];
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { ConnectionString = url + "\n" }, database.Clock);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.Equal(1, await database.QueryAsync<int>("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_server_is_reached_by_its_socket()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var socket = new MySqlConnectionStringBuilder(database.ConnectionString) { Server = $"{server.Process.Folder}/s" };
        await using var store = OwnServer.Store(socket.ConnectionString, TimeSpan.FromSeconds(30));
        await store.SetAsync("a", OwnServer.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_password_with_every_separator_is_percent_encoded()
    {
        const string Password = "p@s:s/w?o#r d%é";
        await using var database = await TestDatabase.CreateAsync(shared);
        var (user, login) = await database.NewUserAsync();
        await database.ExecuteAsync($"ALTER USER '{user}'@'%' IDENTIFIED BY '{Password}'");
        await database.ExecuteAsync($"GRANT ALL ON `{database.Name}`.* TO '{user}'@'%'");
        var at = new MySqlConnectionStringBuilder(login);
        var url = $"mysql://{user}:{Uri.EscapeDataString(Password)}@{at.Server}:{at.Port}/{database.Name}";
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { ConnectionString = url });
        await store.OpenAsync(Cancel);
    }

    [Theory]
    [InlineData("sslmode=disabled")]
    [InlineData("ssl-mode=PREFERRED")]
    [InlineData("sslmode=require")]
    [InlineData("ssl_mode=VERIFY_CA")]
    [InlineData("sslmode=verify-full&sslca=/ca.pem&sslcert=/c.pem&sslkey=/k.pem")]
    [InlineData("sslaccept=strict")]
    [InlineData("charset=utf8mb4&timezone=Z&connection_limit=5&pool_timeout=2")]
    [InlineData("connect_timeout=5")]
    [InlineData("Maximum%20Pool%20Size=7&Application%20Name=mine")]
    public async Task Parameters_of_the_driver_and_of_other_clients_are_taken(string parameters)
    {
        await using var store = new MySqlSessionStore(
            new MySqlSessionStoreOptions { ConnectionString = $"mysql://u:p@h1:3307,h2:3307/app?{parameters}" }
        );
    }

    [Theory]
    [InlineData("mysql://u:very-secret@h/d#x", "'#'")]
    [InlineData("mysql://u:very-secret@h:0/d", "port")]
    [InlineData("mysql://u:12/very@secret/d", "'@' after the first '/'")]
    [InlineData("mysql://u:%zz@h/d", "'%' in its password")]
    [InlineData("mysql:///d", "no host")]
    [InlineData("mysql://u@h:1,i:2/d", "several ports")]
    [InlineData("mysql://u@h/d?very-secret=1", "parameter that is unknown")]
    [InlineData("mysql://u@h/d?Port=very-secret", "parameter that is unknown, or whose value is")]
    public void A_wrong_URL_is_refused_with_what_to_write(string url, string says)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new MySqlSessionStoreProvider().AddStore(new ServerSessionBuilder(new ServiceCollection()), url)
        );
        Assert.StartsWith("The URL of the MySQL store ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Server=localhost;Database=app;User ID=app", true)]
    [InlineData("server=localhost;uid=app", true)]
    [InlineData("Host=localhost;Username=app", false)]
    [InlineData("Data Source=sessions.db", false)]
    public void A_connection_string_of_the_driver_is_recognized(string connectionString, bool isOurs) =>
        Assert.Equal(isOurs, new MySqlSessionStoreProvider().RecognizesConnectionString(connectionString));
}
