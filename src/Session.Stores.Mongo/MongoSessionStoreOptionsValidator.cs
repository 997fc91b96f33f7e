using System.Buffers;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class MongoSessionStoreOptionsValidator : IValidateOptions<MongoSessionStoreOptions>
{
    private const int MaxCollectionName = 120;
    private const int MaxDatabaseName = 63;
    private static readonly SearchValues<char> NotInDatabaseNames = SearchValues.Create("/\\. \"$*<>:|?@\0");

    public ValidateOptionsResult Validate(string? name, MongoSessionStoreOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.Client is null)
        {
            if (!MongoLocation.TryParse(options.ConnectionString, out _, out var error))
            {
                builder.AddError($"The MongoDB session store's {nameof(options.ConnectionString)} {error}");
            }
        }
        else if (!string.IsNullOrEmpty(options.ConnectionString))
        {
            builder.AddError(
                $"The MongoDB session store takes a {nameof(options.ConnectionString)} or a {nameof(options.Client)}; both are set. "
                    + "Remove one."
            );
        }

        void Require(bool condition, string property, string rule)
        {
            if (!condition)
            {
                builder.AddError($"The MongoDB session store's {property} must be {rule}.");
            }
        }

        Require(
            options.DatabaseName is null || IsDatabaseName(options.DatabaseName),
            nameof(options.DatabaseName),
            $"null, or a string of 1 to {MaxDatabaseName} characters without any of / \\ . \" $ * < > : | ? @ space NUL"
        );
        Require(
            IsCollectionName(options.CollectionName),
            nameof(options.CollectionName),
            $"a string of 1 to {MaxCollectionName} characters, without '$' and NUL, that does not start with 'system.' or with a dot, "
                + $"nor end with one"
        );
        Require(Enum.IsDefined(options.Format), nameof(options.Format), "Text or Document");
        Require(options.DefaultLifetime > TimeSpan.Zero, nameof(options.DefaultLifetime), "more than zero");
        Require(options.TouchAfter >= TimeSpan.Zero, nameof(options.TouchAfter), "zero or more");
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
        Require(
            options.WriteConcern?.IsAcknowledged != false,
            nameof(options.WriteConcern),
            "one that the server acknowledges; with w=0 the store cannot tell whether a session was stored"
        );
        return builder.Build();
    }

    // The rules of a sid apply to a name too: well-formed, no NUL.
    internal static bool IsDatabaseName(string name) =>
        Sid.IsValid(name) && name.Length <= MaxDatabaseName && !name.AsSpan().ContainsAny(NotInDatabaseNames);

    private static bool IsCollectionName(string? name) =>
        Sid.IsValid(name)
        && name!.Length <= MaxCollectionName
        && !name.Contains('$', StringComparison.Ordinal)
        && name[0] != '.'
        && name[^1] != '.'
        && !name.StartsWith("system.", StringComparison.Ordinal);
}
