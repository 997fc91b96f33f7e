using System.Buffers;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Mongo.Connection;

namespace ServerSessions.Stores.Mongo;

/// <summary>Reports every fault of the options at once.</summary>
internal sealed class MongoSessionStoreOptionsValidator : IValidateOptions<MongoSessionStoreOptions>
{
    private const int MaxCollectionName = 120;
    private const int MaxDatabaseName = 63;
    private const int MaxPruneBatch = 100_000;
    private static readonly SearchValues<char> NotInDatabaseNames = SearchValues.Create("/\\. \"$*<>:|?@\0");

    public ValidateOptionsResult Validate(string? name, MongoSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(MongoSessionStore.BackendName)
            .Require(
                options.DatabaseName is null || IsDatabaseName(options.DatabaseName),
                nameof(options.DatabaseName),
                $"null, or a string of 1 to {MaxDatabaseName} characters without any of / \\ . \" $ * < > : | ? @ space NUL"
            )
            .Require(
                IsCollectionName(options.CollectionName),
                nameof(options.CollectionName),
                $"a string of 1 to {MaxCollectionName} characters, without '$' and NUL, that does not start with 'system.' or with a "
                    + "dot, nor end with one"
            )
            .Require(Enum.IsDefined(options.Format), nameof(options.Format), "Text or Document")
            .DefaultLifetime(options.DefaultLifetime)
            .Require(options.TouchAfter >= TimeSpan.Zero, nameof(options.TouchAfter), "zero or more")
            .OperationTimeout(options.OperationTimeout)
            .PruneInterval(options.PruneInterval)
            .PruneBatch(options.PruneBatch, MaxPruneBatch)
            .Require(
                options.WriteConcern?.IsAcknowledged != false,
                nameof(options.WriteConcern),
                "one that the server acknowledges; with w=0 the store cannot tell whether a session was stored"
            );
        if (options.Client is not null && !string.IsNullOrEmpty(options.ConnectionString))
        {
            rules.Refuse(nameof(options.ConnectionString), $"and its {nameof(options.Client)} both are set. Remove one.");
        }
        else if (options.Client is null && !MongoLocation.TryParse(options.ConnectionString, out _, out var problem))
        {
            rules.Refuse(nameof(options.ConnectionString), problem);
        }

        return rules.Result();
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
