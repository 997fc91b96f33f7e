using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Memory;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class MemorySessionStoreOptionsValidator : IValidateOptions<MemorySessionStoreOptions>
{
    private static readonly TimeSpan MinPruneInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPruneInterval = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, MemorySessionStoreOptions options)
    {
        var faults = new List<string>();
        if (options.MaxSessions < 1)
        {
            faults.Add($"MemorySessionStoreOptions.MaxSessions is {options.MaxSessions}; it must be 1 or more.");
        }

        if (options.MaxBytes < 1)
        {
            faults.Add($"MemorySessionStoreOptions.MaxBytes is {options.MaxBytes}; it must be 1 or more.");
        }

        if (options.DefaultLifetime <= TimeSpan.Zero)
        {
            faults.Add($"MemorySessionStoreOptions.DefaultLifetime is {options.DefaultLifetime}; it must be more than zero.");
        }

        if (options.PruneInterval < MinPruneInterval || options.PruneInterval > MaxPruneInterval)
        {
            faults.Add($"MemorySessionStoreOptions.PruneInterval is {options.PruneInterval}; it must be 1 millisecond to 1 day.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static void ThrowIfInvalid(MemorySessionStoreOptions options)
    {
        if (new MemorySessionStoreOptionsValidator().Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(MemorySessionStoreOptions), result.Failures);
        }
    }
}
