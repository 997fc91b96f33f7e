using Microsoft.Extensions.Options;
using ServerSessions.Stores.Sqlite.Connection;

namespace ServerSessions.Stores.Sqlite;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class SqliteSessionStoreOptionsValidator : IValidateOptions<SqliteSessionStoreOptions>
{
    private const int MaxTableName = 63;

    public ValidateOptionsResult Validate(string? name, SqliteSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(SqliteSessionStore.BackendName);
        if (!SqliteLocation.TryParse(options.ConnectionString, out _, out var error))
        {
            rules.Refuse(nameof(options.ConnectionString), error);
        }

        return rules
            .Require(
                IsTableName(options.TableName),
                nameof(options.TableName),
                $"a string of 1 to {MaxTableName} characters, without NUL, that does not start with 'sqlite_'"
            )
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout)
            .PruneInterval(options.PruneInterval)
            .PruneBatch(options.PruneBatch, most: 100_000)
            .Require(Enum.IsDefined(options.Synchronous), nameof(options.Synchronous), "Normal or Full")
            .Result();
    }

    /// <summary>Whether a name is valid. The rules for a session id apply: well-formed, no NUL.</summary>
    private static bool IsTableName(string? name) =>
        Sid.IsValid(name) && name!.Length <= MaxTableName && !name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);
}
