using Microsoft.Extensions.Options;
using ServerSessions.Stores.MySql.Connection;
using ServerSessions.Stores.MySql.Schema;

namespace ServerSessions.Stores.MySql;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class MySqlSessionStoreOptionsValidator : IValidateOptions<MySqlSessionStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, MySqlSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(MySqlSessionStore.BackendName)
            .Require(
                MySqlIdentifier.IsValid(options.TableName),
                nameof(options.TableName),
                $"a string of 1 to {MySqlIdentifier.MaxLength} characters of the basic plane, without NUL and without a blank at the end"
            )
            .Require(
                Enum.IsDefined(options.Format),
                nameof(options.Format),
                $"one of {string.Join(", ", Enum.GetNames<MySqlSessionFormat>())}"
            )
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout)
            .PruneInterval(options.PruneInterval)
            .PruneBatch(options.PruneBatch, 1000);
        if (options.DataSource is { } source)
        {
            rules.Require(
                string.IsNullOrEmpty(options.ConnectionString),
                nameof(options.ConnectionString),
                $"empty if {nameof(options.DataSource)} is set"
            );
            if (MySqlSettings.WhyUnusableAsGiven(source) is { } problem)
            {
                rules.Refuse(nameof(options.DataSource), problem);
            }
        }
        else if (!MySqlSettings.TryParse(options.ConnectionString, out _, out var error))
        {
            rules.Refuse(nameof(options.ConnectionString), error!);
        }

        return rules.Result();
    }
}
