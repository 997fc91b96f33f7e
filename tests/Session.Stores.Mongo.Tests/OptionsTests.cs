using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_connect_mongo_where_it_has_one()
    {
        var options = new MongoSessionStoreOptions();
        Assert.Null(options.DatabaseName);
        Assert.Equal("sessions", options.CollectionName);
        Assert.Equal(MongoSessionFormat.Text, options.Format);
        Assert.Equal(TimeSpan.FromDays(14), options.DefaultLifetime);
        Assert.Equal(TimeSpan.Zero, options.TouchAfter);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.PruneInterval);
        Assert.Equal(1000, options.PruneBatch);
        Assert.True(options.CreateIndex);
        Assert.Null(options.WriteConcern);
        Assert.Null(options.Client);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    [InlineData("localhost:27017", "is no MongoDB connection string")]
    [InlineData("mongodb://localhost:70000", "is no MongoDB connection string")]
    [InlineData("mongodb://localhost/?w=0", "w=0")]
    [InlineData("mongodb://localhost/?w=0\n", "w=0")]
    public void A_wrong_connection_string_is_refused_in_plain_words(string? connectionString, string says) =>
        Refuses(options => options.ConnectionString = connectionString!, says);

    [Theory]
    [InlineData("mongodb+srv://cluster0.example.net\n")]
    [InlineData("mongodb://localhost\r\n")]
    [InlineData("mongodb://mongo.b\u00FCcher.example/app")]
    public async Task A_connection_string_with_a_line_break_at_its_end_and_a_host_in_any_language_are_taken(string connectionString) =>
        await new MongoSessionStore(new MongoSessionStoreOptions { ConnectionString = connectionString }).DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a\0b")]
    [InlineData("a$b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("system.users")]
    public void A_wrong_collection_name_is_refused(string? name) => Refuses(options => options.CollectionName = name!, "CollectionName");

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_wrong_database_name_is_refused(string name) => Refuses(options => options.DatabaseName = name, "DatabaseName");

    [Fact]
    public void A_connection_string_beside_a_client_is_refused_and_a_client_alone_needs_none()
    {
        using var client = new MongoClient("mongodb://localhost:1");
        Refuses(options => options.Client = client, "both are set");
        using var store = new MongoSessionStore(new MongoSessionStoreOptions { Client = client });
    }

    [Fact]
    public void Wrong_times_and_numbers_are_refused_and_all_of_them_are_named()
    {
        Refuses(options => options.DefaultLifetime = TimeSpan.Zero, "DefaultLifetime");
        Refuses(options => options.TouchAfter = TimeSpan.FromSeconds(-1), "TouchAfter");
        Refuses(options => options.OperationTimeout = TimeSpan.Zero, "OperationTimeout");
        Refuses(options => options.OperationTimeout = Timeout.InfiniteTimeSpan, "OperationTimeout");
        Refuses(options => options.PruneInterval = TimeSpan.Zero, "PruneInterval");
        Refuses(options => options.PruneInterval = TimeSpan.FromDays(31), "PruneInterval");
        Refuses(options => options.PruneBatch = 0, "PruneBatch");
        Refuses(options => options.Format = (MongoSessionFormat)7, "Format");
        Refuses(options => options.WriteConcern = WriteConcern.Unacknowledged, "WriteConcern");

        var error = Refuses(options => (options.PruneBatch, options.CollectionName) = (0, ""), "PruneBatch");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<MongoSessionStoreOptions> configure, string says)
    {
        var options = new MongoSessionStoreOptions { ConnectionString = "mongodb://localhost" };
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new MongoSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
