using Microsoft.Extensions.Options;
using ServerSessions.Stores.Postgres.Engine;

namespace ServerSessions.Stores.Postgres;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class PostgresSessionStoreOptionsValidator : IValidateOptions<PostgresSessionStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresSessionStoreOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        void Require(bool condition, string property, string rule)
        {
            if (!condition)
            {
                builder.AddError($"The PostgreSQL session store's {property} must be {rule}.");
            }
        }

        if (options.DataSource is not null)
        {
            Require(
                string.IsNullOrEmpty(options.ConnectionString),
                nameof(options.ConnectionString),
                $"empty if {nameof(options.DataSource)} is set"
            );
            if (PostgresSource.WhyUnusableAsGiven(options.DataSource) is { } problem)
            {
                builder.AddError($"The PostgreSQL session store's {nameof(options.DataSource)} {problem}");
            }
        }
        else if (!PostgresSource.TryParse(options.ConnectionString, out _, out var error))
        {
            builder.AddError($"The PostgreSQL session store's {nameof(options.ConnectionString)} {error}");
        }

        var identifier = $"a string of 1 to {PostgresIdentifier.MaxBytes} bytes, without NUL";
        Require(options.SchemaName is null || PostgresIdentifier.IsValid(options.SchemaName), nameof(options.SchemaName), identifier);
        Require(PostgresIdentifier.IsValid(options.TableName), nameof(options.TableName), identifier);
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
        Require(options.PruneBatch is >= 1 and <= 1000, nameof(options.PruneBatch), "from 1 to 1000");
        Require(
            options.TimeZone is null || PostgresZone.IsValid(options.TimeZone),
            nameof(options.TimeZone),
            "the name of a time zone, such as 'Europe/Berlin'"
        );
        return builder.Build();
    }
}
