using Microsoft.Extensions.Options;
using MySqlConnector;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_express_mysql_session_where_it_has_one()
    {
        var options = new MySqlSessionStoreOptions();
        Assert.Equal("sessions", options.TableName);
        Assert.Equal(MySqlSessionFormat.ExpressMySqlSession, options.Format);
        Assert.Equal(TimeSpan.FromDays(1), options.DefaultLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(15), options.PruneInterval);
        Assert.Equal(100, options.PruneBatch);
        Assert.True(options.CreateTable);
        Assert.Null(options.DataSource);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    [InlineData("Servre=x;Password=very-secret", "is not a connection string of MySqlConnector")]
    [InlineData("very-secret", "is not a connection string of MySqlConnector")]
    [InlineData("Database=x;Password=very-secret", "names no server")]
    [InlineData("Server=x;Password=very-secret", "names no database")]
    [InlineData("Server=x;Database=x;Port=none;Password=very-secret", "is not a connection string of MySqlConnector")]
    [InlineData("Server=x;Database=x;SSL Mode=sometimes", "is not a connection string of MySqlConnector")]
    [InlineData("Server=x;Database=x;Certificate File=c.pfx;Certificate Password=very-secret", "Certificate Password")]
    [InlineData("Server=mysql://u:very-secret@h/d;Database=x", "Server that is no name")]
    [InlineData("Server=u:very-secret;Database=x", "Server that is no name")]
    [InlineData("Server=h,u:very-secret;Database=x", "Server that is no name")]
    [InlineData("Server=x:3307;Database=x;Password=very-secret", "Write the port as Port=")]
    [InlineData("Server=x,y:3307;Database=x;Password=very-secret", "Write the port as Port=")]
    [InlineData("Server=/run/s;Database=x;Load Balance=Random;Password=very-secret", "MySqlConnector does not accept")]
    [InlineData("mysql://u:very-secret@h/d?sslmode=sometimes", "sslmode")]
    [InlineData("mysql://u:very-secret@h", "names no database")]
    public void A_wrong_connection_string_is_refused_in_plain_words_without_its_password(string? connectionString, string says)
    {
        var error = Refuses(options => options.ConnectionString = connectionString!, says);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Old Guids=true")]
    [InlineData("Ignore Prepare=true;Use Affected Rows=true;Connection Reset=true;Auto Enlist=true")]
    [InlineData("Connection Protocol=Pipe;Pipe Name=mysql")]
    public async Task A_setting_that_the_store_has_an_own_value_for_is_no_error(string settings)
    {
        await using var store = new MySqlSessionStore(
            new MySqlSessionStoreOptions { ConnectionString = $"Server=x;Database=x;{settings}" }
        );
    }

    [Fact]
    public void A_data_source_and_a_connection_string_at_once_are_refused()
    {
        using var source = new MySqlDataSource("Server=x;Database=x");
        Refuses(options => options.DataSource = source, "ConnectionString must be empty");
    }

    [Theory]
    [InlineData("Server=x;Database=x;Use Affected Rows=true", "DataSource sets Use Affected Rows")]
    [InlineData("Server=x;Database=x;Ignore Prepare=true", "DataSource sets Ignore Prepare")]
    [InlineData("Server=x", "DataSource names no database")]
    public void A_data_source_with_which_sessions_would_be_lost_is_refused(string connectionString, string says)
    {
        using var source = new MySqlDataSource(connectionString);
        Refuses(options => (options.ConnectionString, options.DataSource) = ("", source), says);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a ")]
    [InlineData("😀")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData(null)]
    public void A_wrong_name_is_refused(string? name) =>
        Refuses(options => options.TableName = name!, "TableName must be a string of 1 to 64 characters");

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
        Refuses(options => options.Format = (MySqlSessionFormat)7, "Format must be one of ExpressMySqlSession, Binary");

        var error = Refuses(options => (options.PruneBatch, options.TableName) = (0, ""), "PruneBatch");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<MySqlSessionStoreOptions> configure, string says)
    {
        var options = new MySqlSessionStoreOptions { ConnectionString = "Server=x;Database=x" };
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new MySqlSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
