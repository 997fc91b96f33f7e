using Microsoft.Extensions.Options;

namespace ServerSessions.Stores;

/// <summary>
/// Collects the faults of a store's options, so that one exception reports all of them. Has the rules that all stores share. Not thread
/// safe.
/// </summary>
/// <param name="backend">The <see cref="ISessionStore.Backend"/> of the store, for messages.</param>
public sealed class StoreOptionsRules(string backend)
{
    private readonly ValidateOptionsResultBuilder _result = new();

    /// <summary>Returns options that have passed their validator.</summary>
    /// <typeparam name="TOptions">The type of the options.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="validator">The validator.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentNullException">The options are <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message has every fault.</exception>
    public static TOptions Valid<TOptions>(TOptions options, IValidateOptions<TOptions> validator)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(validator);
        var result = validator.Validate(Microsoft.Extensions.Options.Options.DefaultName, options);
        return result.Failed
            ? throw new OptionsValidationException(
                Microsoft.Extensions.Options.Options.DefaultName,
                typeof(TOptions),
                result.Failures
            )
            : options;
    }

    /// <summary>Adds a fault unless a condition is met: <c>The Acme session store's Path must be absolute.</c></summary>
    /// <param name="condition">The condition.</param>
    /// <param name="option">The name of the option.</param>
    /// <param name="rule">What the option must be, without a full stop.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules Require(bool condition, string option, string rule)
    {
        if (!condition)
        {
            _result.AddError($"The {backend} session store's {option} must be {rule}.");
        }

        return this;
    }

    /// <summary>Adds a fault: <c>The Acme session store's ConnectionString has no host.</c></summary>
    /// <param name="option">The name of the option.</param>
    /// <param name="problem">What is wrong and what to do, in sentences that follow the name.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules Refuse(string option, string problem)
    {
        _result.AddError($"The {backend} session store's {option} {problem}");
        return this;
    }

    /// <summary>Requires a default lifetime of more than zero.</summary>
    /// <param name="value">The value of the option <c>DefaultLifetime</c>.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules DefaultLifetime(TimeSpan value) =>
        Require(value > TimeSpan.Zero, nameof(DefaultLifetime), "more than zero");

    /// <summary>Requires an operation timeout from 1 millisecond to 10 minutes.</summary>
    /// <param name="value">The value of the option <c>OperationTimeout</c>.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules OperationTimeout(TimeSpan value) =>
        Require(
            value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(10),
            nameof(OperationTimeout),
            "from 1 millisecond to 10 minutes"
        );

    /// <summary>Requires a prune interval from 1 second to 30 days, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    /// <param name="value">The value of the option <c>PruneInterval</c>.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules PruneInterval(TimeSpan value) =>
        Require(
            value == Timeout.InfiniteTimeSpan || (value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(30)),
            nameof(PruneInterval),
            "from 1 second to 30 days, or Timeout.InfiniteTimeSpan for never"
        );

    /// <summary>Requires a prune batch from 1 to a maximum.</summary>
    /// <param name="value">The value of the option <c>PruneBatch</c>.</param>
    /// <param name="most">The maximum.</param>
    /// <returns>These rules.</returns>
    public StoreOptionsRules PruneBatch(int value, int most) =>
        Require(
            value >= 1 && value <= most,
            nameof(PruneBatch),
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"from 1 to {most}")
        );

    /// <summary>Returns all faults.</summary>
    /// <returns>The result of the validation.</returns>
    public ValidateOptionsResult Result() => _result.Build();
}
