using Microsoft.Extensions.Options;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_connect_pg_simple_where_it_has_one()
    {
        var options = new PostgresSessionStoreOptions();
        Assert.Equal("session", options.TableName);
        Assert.Null(options.SchemaName);
        Assert.Equal(TimeSpan.FromDays(1), options.DefaultLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(15), options.PruneInterval);
        Assert.Equal(100, options.PruneBatch);
        Assert.True(options.CreateTable);
        Assert.Null(options.TimeZone);
        Assert.Null(options.PrepareStatements);
        Assert.Null(options.DataSource);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    [InlineData("Hots=x;Password=very-secret", "is not a connection string of Npgsql")]
    [InlineData("very-secret", "is not a connection string of Npgsql")]
    [InlineData("Database=x;Password=very-secret", "names no server")]
    [InlineData("Host=x;Port=none;Password=very-secret", "is not a connection string of Npgsql")]
    [InlineData("Host=x;Multiplexing=true", "Multiplexing")]
    [InlineData("Host=x;Target Session Attributes=read-only", "takes no writes")]
    [InlineData("Host=x;Target Session Attributes=sometimes", "is not a connection string of Npgsql")]
    [InlineData("Host=x;SSL Negotiation=Direct;SSL Mode=Disable", "Npgsql does not accept")]
    [InlineData("Host=x;Minimum Pool Size=9;Maximum Pool Size=2", "Npgsql does not accept")]
    [InlineData("Host=postgres://u:very-secret@h/d", "Host that is no name")]
    [InlineData("Host=u:very-secret", "Host that is no name")]
    [InlineData("Host=h,u:very-secret", "Host that is no name")]
    [InlineData("postgres://u:very-secret@h/d?sslmode=sometimes", "sslmode")]
    public void A_wrong_connection_string_is_refused_in_plain_words_without_its_password(string? connectionString, string says)
    {
        var error = Refuses(options => options.ConnectionString = connectionString!, says);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_source_and_a_connection_string_at_once_are_refused()
    {
        using var source = NpgsqlDataSource.Create("Host=x");
        Refuses(options => options.DataSource = source, "ConnectionString must be empty");
    }

    [Fact]
    public void A_data_source_that_multiplexes_or_has_another_encoding_is_refused()
    {
        using var multiplexing = NpgsqlDataSource.Create("Host=x;Multiplexing=true");
        Refuses(options => (options.ConnectionString, options.DataSource) = ("", multiplexing), "DataSource sets Multiplexing");
        using var latin = NpgsqlDataSource.Create("Host=x;Client Encoding=LATIN1");
        Refuses(options => (options.ConnectionString, options.DataSource) = ("", latin), "DataSource sets another Client Encoding");
        using var several = NpgsqlDataSource.Create("Host=x,y;Client Encoding=utf8");
        _ = new PostgresSessionStore(new PostgresSessionStoreOptions { DataSource = several });
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("ééééééééééééééééééééééééééééééééé")]
    [InlineData(null)]
    public void A_wrong_name_is_refused(string? name)
    {
        Refuses(options => options.TableName = name!, "TableName must be a string of 1 to 63 bytes");
        if (name is not null)
        {
            Refuses(options => options.SchemaName = name, "SchemaName must be a string of 1 to 63 bytes");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("UTC'; DROP TABLE session; --")]
    [InlineData("Europe/Berlin\n")]
    [InlineData("a b")]
    public void A_time_zone_that_is_no_name_is_refused(string zone) => Refuses(options => options.TimeZone = zone, "TimeZone must be");

    [Fact]
    public void Wrong_times_and_numbers_are_refused_and_all_of_them_are_named()
    {
        Refuses(options => options.DefaultLifetime = TimeSpan.Zero, "DefaultLifetime");
        Refuses(options => options.OperationTimeout = TimeSpan.Zero, "OperationTimeout");
        Refuses(options => options.OperationTimeout = Timeout.InfiniteTimeSpan, "OperationTimeout");
        Refuses(options => options.OperationTimeout = TimeSpan.FromMinutes(11), "OperationTimeout");
        Refuses(options => options.PruneInterval = TimeSpan.Zero, "PruneInterval");
        Refuses(options => options.PruneInterval = TimeSpan.FromDays(31), "PruneInterval");
        Refuses(options => options.PruneBatch = 0, "PruneBatch");
        Refuses(options => options.PruneBatch = 1001, "PruneBatch must be from 1 to 1000");

        var error = Refuses(options => (options.PruneBatch, options.TableName) = (0, ""), "PruneBatch");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<PostgresSessionStoreOptions> configure, string says)
    {
        var options = new PostgresSessionStoreOptions { ConnectionString = "Host=x" };
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new PostgresSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
