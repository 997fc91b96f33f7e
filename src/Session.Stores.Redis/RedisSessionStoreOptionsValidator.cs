using Microsoft.Extensions.Options;
using ServerSessions.Stores.Redis.Engine;

namespace ServerSessions.Stores.Redis;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class RedisSessionStoreOptionsValidator : IValidateOptions<RedisSessionStoreOptions>
{
    private const int MaxPrefix = 255;

    public ValidateOptionsResult Validate(string? name, RedisSessionStoreOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.Multiplexer is null)
        {
            if (!RedisLocation.TryParse(options.ConnectionString, out _, out var error))
            {
                builder.AddError($"The Redis session store's {nameof(options.ConnectionString)} {error}");
            }
        }
        else if (!string.IsNullOrEmpty(options.ConnectionString))
        {
            builder.AddError(
                $"The Redis session store takes a {nameof(options.ConnectionString)} or a {nameof(options.Multiplexer)}; both are set. "
                    + "Remove one."
            );
        }

        void Require(bool condition, string property, string rule)
        {
            if (!condition)
            {
                builder.AddError($"The Redis session store's {property} must be {rule}.");
            }
        }

        Require(options.Database >= -1, nameof(options.Database), "0 or more, or -1 for the connection's own");
        Require(
            IsPrefix(options.Prefix),
            nameof(options.Prefix),
            $"a string of at most {MaxPrefix} characters, well-formed and without NUL"
        );
        Require(options.DefaultLifetime > TimeSpan.Zero, nameof(options.DefaultLifetime), "more than zero");
        Require(
            options.OperationTimeout >= TimeSpan.FromMilliseconds(1) && options.OperationTimeout <= TimeSpan.FromMinutes(10),
            nameof(options.OperationTimeout),
            "from 1 millisecond to 10 minutes"
        );
        Require(options.ScanCount is >= 1 and <= 100_000, nameof(options.ScanCount), "from 1 to 100000");
        return builder.Build();
    }

    /// <summary>The rules of a sid, except that a prefix may be empty.</summary>
    private static bool IsPrefix(string? prefix) =>
        prefix is not null && prefix.Length <= MaxPrefix && (prefix.Length == 0 || Sid.IsValid(prefix));
}
