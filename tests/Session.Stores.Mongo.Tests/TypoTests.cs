using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.Mongo.Tests;

// Messages show the database beside the servers.
public sealed class TypoTests(ITestOutputHelper output)
    : ServerNameTypoTests<MongoSessionStore>(
        new MongoSessionStoreProvider(),
        [
            "mongodb://ada:{password}@127.0.0.1:1/app?authSource=admin",
            "mongodb://ada:{password}@127.0.0.1:1,127.0.0.1:2",
            "mongodb+srv://ada:{password}@cluster0.test.invalid/app",
        ],
        ["127.0.0.1", "1", "2", "app", "admin", "cluster0.test.invalid"],
        Meant,
        atOnce: 64,
        output
    )
{
    // A host with its port, the name of a database, and no special character that is not encoded.
    private static readonly Regex Meant = new(
        @"^(mongodb://(\w+(:[^@/?#,:]*)?@)?[\w.-]+:\d+(,[\w.-]+:\d+)*|mongodb\+srv://(\w+(:[^@/?#,:]*)?@)?[\w-]+(\.[\w-]+){2,})(/[\w-]*)?(\?(\w+=[^&]*&?)*)?$",
        RegexOptions.IgnoreCase
    );

    [Theory]
    [InlineData("mongodb://ada:12/very-secret@host:1/app", "no MongoDB connection string")]
    [InlineData("mongodb://ada:12/very:secret", "%2F")]
    [InlineData("mongodb://ada:12/very-secret?@host:1/app?authSource=admin", "%3F")]
    [InlineData("mongodb://ada:x@very secret:1/app", "percent-encoded")]
    [InlineData("mongodb://ada:x@very-secret:1/app?b=1@host:1/app", "%40")]
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
        var error = await FailureAsync(NewImpatientStore(connectionString));
        Output.WriteLine(error.Message);
        Assert.Contains($" at {servers}: ", error.Message, StringComparison.Ordinal);
        Assert.True(
            servers.Contains("very-secret", StringComparison.Ordinal)
                || !error.ToString().Contains("very-secret", StringComparison.Ordinal),
            error.ToString()
        );
    }

    protected override MongoSessionStore NewImpatientStore(string connectionString) =>
        new(new MongoSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = TimeSpan.FromMilliseconds(1) });
}
