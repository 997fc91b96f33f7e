using Microsoft.Extensions.Options;
using ServerSessions.Stores.Postgres.Connection;
using ServerSessions.Stores.Postgres.Schema;

namespace ServerSessions.Stores.Postgres;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class PostgresSessionStoreOptionsValidator : IValidateOptions<PostgresSessionStoreOptions>
{
    private static readonly string Identifier = $"a string of 1 to {PostgresIdentifier.MaxBytes} bytes, without NUL";

    public ValidateOptionsResult Validate(string? name, PostgresSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(PostgresSessionStore.BackendName);
        if (options.DataSource is not null)
        {
            rules.Require(
                string.IsNullOrEmpty(options.ConnectionString),
                nameof(options.ConnectionString),
                $"empty if {nameof(options.DataSource)} is set"
            );
            if (PostgresSource.WhyUnusableAsGiven(options.DataSource) is { } problem)
            {
                rules.Refuse(nameof(options.DataSource), problem);
            }
        }
        else if (!PostgresSource.TryParse(options.ConnectionString, out _, out var error))
        {
            rules.Refuse(nameof(options.ConnectionString), error!);
        }

        return rules
            .Require(options.SchemaName is null || PostgresIdentifier.IsValid(options.SchemaName), nameof(options.SchemaName), Identifier)
            .Require(PostgresIdentifier.IsValid(options.TableName), nameof(options.TableName), Identifier)
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout)
            .PruneInterval(options.PruneInterval)
            .PruneBatch(options.PruneBatch, most: 1000)
            .Require(
                options.TimeZone is null || PostgresZone.IsValid(options.TimeZone),
                nameof(options.TimeZone),
                "the name of a time zone, such as 'Europe/Berlin'"
            )
            .Result();
    }
}
