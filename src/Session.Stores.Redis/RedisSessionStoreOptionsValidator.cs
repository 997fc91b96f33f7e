using Microsoft.Extensions.Options;
using ServerSessions.Stores.Redis.Connection;

namespace ServerSessions.Stores.Redis;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class RedisSessionStoreOptionsValidator : IValidateOptions<RedisSessionStoreOptions>
{
    private const int MaxPrefix = 255;

    public ValidateOptionsResult Validate(string? name, RedisSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(RedisSessionStore.BackendName)
            .Require(options.Database >= -1, nameof(options.Database), "0 or more, or -1 for the connection's own")
            .Require(
                IsPrefix(options.Prefix),
                nameof(options.Prefix),
                $"a string of at most {MaxPrefix} characters, well-formed and without NUL"
            )
            .Require(options.ScanCount is >= 1 and <= 100_000, nameof(options.ScanCount), "from 1 to 100000")
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout);
        if (options.Multiplexer is not null)
        {
            return string.IsNullOrEmpty(options.ConnectionString)
                ? rules.Result()
                : rules.Refuse(nameof(options.ConnectionString), "is set, and its Multiplexer too. Remove one.").Result();
        }

        return RedisConnectionString.TryParse(options.ConnectionString, out _, out var error)
            ? rules.Result()
            : rules.Refuse(nameof(options.ConnectionString), error).Result();
    }

    /// <summary>The rules of a sid, except that a prefix may be empty.</summary>
    private static bool IsPrefix(string? prefix) =>
        prefix is not null && prefix.Length <= MaxPrefix && (prefix.Length == 0 || Sid.IsValid(prefix));
}
