using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>A password that a typo has moved into another field is in no message.</summary>
public sealed class TypoTests(ITestOutputHelper output)
{
    // Nothing tells such a string from one that is meant: a host with its port, the name of a database, and no special character that is
    // not encoded.
    private static readonly Regex Meant = new(
        @"^(mongodb://(\w+(:[^@/?#,:]*)?@)?[\w.-]+:\d+(,[\w.-]+:\d+)*|mongodb\+srv://(\w+(:[^@/?#,:]*)?@)?[\w-]+(\.[\w-]+){2,})(/[\w-]*)?(\?(\w+=[^&]*&?)*)?$",
        RegexOptions.IgnoreCase
    );

    private static readonly string[] Right =
    [
        "mongodb://ada:{password}@127.0.0.1:1/app?authSource=admin",
        "mongodb://ada:{password}@127.0.0.1:1,127.0.0.1:2",
        "mongodb+srv://ada:{password}@cluster0.test.invalid/app",
    ];

    private readonly ConcurrentQueue<string> _leaks = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_part_of_a_password_is_in_what_a_wrong_connection_string_leads_to()
    {
        var (refused, meant) = (0, 0);
        var taken = new List<(string Typo, MongoSessionStore Store)>();
        foreach (var typo in ConnectionStringTypos.Of(Right, "127.0.0.1", "1", "2", "app", "admin", "cluster0.test.invalid"))
        {
            try
            {
                new MongoSessionStoreProvider().AddStore(new ServerSessionBuilder(new ServiceCollection()), typo);
            }
            catch (ArgumentException error)
            {
                Look(error.ToString(), typo);
            }

            MongoSessionStore store;
            try
            {
                store = new MongoSessionStore(
                    new MongoSessionStoreOptions { ConnectionString = typo, OperationTimeout = TimeSpan.FromMilliseconds(1) }
                );
            }
            catch (OptionsValidationException error)
            {
                refused++;
                Look(error.ToString(), typo);
                continue;
            }

            if (Meant.IsMatch(typo))
            {
                meant++;
                await store.DisposeAsync();
            }
            else
            {
                taken.Add((typo, store));
            }
        }

        // Every message of a store names its servers and its database in the same way.
        output.WriteLine($"{refused} refused, {taken.Count} taken, {meant} that nothing is wrong with");
        await Parallel.ForEachAsync(
            taken,
            new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel },
            async (one, _) =>
            {
                await using (one.Store)
                {
                    Look(
                        (await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await one.Store.GetAsync("a", Cancel))).ToString(),
                        one.Typo
                    );
                }
            }
        );
        Assert.Equal("", string.Join('\n', _leaks));
        Assert.True(refused > 1000 && taken.Count > 100, $"{refused} refused, {taken.Count} taken");
    }

    [Theory]
    [InlineData("mongodb://ada:12/very-secret@host:1/app", "no MongoDB connection string")]
    [InlineData("mongodb://ada:12/very:secret", "%2F")]
    [InlineData("mongodb://ada:12/very-secret?@host:1/app?authSource=admin", "%3F")]
    [InlineData("mongodb://ada:x@very secret:1/app", "percent-encoded")]
    public void What_the_driver_would_take_for_a_database_or_a_host_and_is_none_is_refused(string connectionString, string says)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            new MongoSessionStore(new MongoSessionStoreOptions { ConnectionString = connectionString })
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mongodb://localhost/app", "localhost:27017")]
    [InlineData("mongodb://db:27017,db2:27018/app", "db:27017,db2:27018")]
    [InlineData("mongodb://very-secret", "one server that is not named here")]
    [InlineData("mongodb://ada:pass@[::1]:1,very-secret/app", "[::1]:1 and 1 more")]
    public async Task A_server_without_a_port_is_named_only_if_it_is_localhost_or_an_address(string connectionString, string servers)
    {
        await using var store = new MongoSessionStore(
            new MongoSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = TimeSpan.FromMilliseconds(1) }
        );
        var error = await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        output.WriteLine(error.Message);
        Assert.Contains($" at {servers}: ", error.Message, StringComparison.Ordinal);
        Assert.True(
            servers.Contains("very-secret", StringComparison.Ordinal)
                || !error.ToString().Contains("very-secret", StringComparison.Ordinal),
            error.ToString()
        );
    }

    private void Look(string text, string typo)
    {
        if (ConnectionStringTypos.Leak(text) is not null)
        {
            _leaks.Enqueue($"{typo}\n    {text.Split('\n')[0]}");
        }
    }
}
