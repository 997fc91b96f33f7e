using Microsoft.Extensions.Options;
using ServerSessions.Stores;

namespace CustomStore;

/// <summary>Options of <see cref="TableStore"/>. Read once, when the store is created.</summary>
public sealed class TableStoreOptions
{
    /// <summary>Gets or sets a connection string of Microsoft.Data.Sqlite. Required.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Gets or sets the lifetime of a session that has no expiry. Default 1 day.</summary>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the longest time that a call waits, from 1 millisecond to 10 minutes. Default 5 seconds.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

internal sealed class TableStoreOptionsValidator : IValidateOptions<TableStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, TableStoreOptions options) =>
        new StoreOptionsRules("Table")
            .Require(options.ConnectionString.Length > 0, "ConnectionString", "a connection string, such as 'Data Source=sessions.db'")
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout)
            .Result();
}
