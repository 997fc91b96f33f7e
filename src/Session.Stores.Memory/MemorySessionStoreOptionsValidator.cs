using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Memory;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class MemorySessionStoreOptionsValidator : IValidateOptions<MemorySessionStoreOptions>
{
    private static readonly TimeSpan MinPruneInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPruneInterval = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, MemorySessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(MemorySessionStore.BackendName);
        void Require<T>(bool condition, string option, T value, string rule)
        {
            if (!condition)
            {
                rules.Refuse(option, $"is {value}; it must be {rule}.");
            }
        }

        Require(options.MaxSessions >= 1, nameof(options.MaxSessions), options.MaxSessions, "1 or more");
        Require(options.MaxBytes >= 1, nameof(options.MaxBytes), options.MaxBytes, "1 or more");
        Require(options.DefaultLifetime > TimeSpan.Zero, nameof(options.DefaultLifetime), options.DefaultLifetime, "more than zero");
        Require(
            options.PruneInterval >= MinPruneInterval && options.PruneInterval <= MaxPruneInterval,
            nameof(options.PruneInterval),
            options.PruneInterval,
            "1 millisecond to 1 day"
        );
        return rules.Result();
    }
}
