using Microsoft.Extensions.Options;
using ServerSessions.Stores.Sqlite.Engine;

namespace ServerSessions.Stores.Sqlite;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class SqliteSessionStoreOptionsValidator : IValidateOptions<SqliteSessionStoreOptions>
{
    private const int MaxTableName = 63;

    public ValidateOptionsResult Validate(string? name, SqliteSessionStoreOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!SqliteLocation.TryParse(options.ConnectionString, out _, out var error))
        {
            builder.AddError($"The SQLite session store's {nameof(options.ConnectionString)} {error}");
        }

        void Require(bool condition, string property, string rule)
        {
            if (!condition)
            {
                builder.AddError($"The SQLite session store's {property} must be {rule}.");
            }
        }

        Require(
            IsTableName(options.TableName),
            nameof(options.TableName),
            $"a string of 1 to {MaxTableName} characters, without NUL, that does not start with 'sqlite_'"
        );
        Require(options.DefaultLifetime > TimeSpan.Zero, nameof(options.DefaultLifetime), "more than zero");
        Require(
            options.OperationTimeout >= TimeSpan.FromMilliseconds(1) && options.OperationTimeout <= TimeSpan.FromMinutes(10),
            nameof(options.OperationTimeout),
            "from 1 millisecond to 10 minutes"
        );
        Require(
            options.PruneInterval == Timeout.InfiniteTimeSpan
                || (options.PruneInterval >= TimeSpan.FromSeconds(1) && options.PruneInterval <= TimeSpan.FromDays(30)),
            nameof(options.PruneInterval),
            "from 1 second to 30 days, or Timeout.InfiniteTimeSpan for never"
        );
        Require(options.PruneBatch is >= 1 and <= 100_000, nameof(options.PruneBatch), "from 1 to 100000");
        Require(Enum.IsDefined(options.Synchronous), nameof(options.Synchronous), "Normal or Full");
        return builder.Build();
    }

    /// <summary>Whether a name is valid. The rules for a session id apply: well-formed, no NUL.</summary>
    private static bool IsTableName(string? name) =>
        Sid.IsValid(name) && name!.Length <= MaxTableName && !name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);
}
