using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>Indexes, collections, databases.</summary>
internal static class CatalogCommands
{
    public static BsonDocument CreateIndexes(CommandContext context)
    {
        var name = context.CollectionName("createIndexes");
        var wanted = context.Arguments.Array("indexes").Select(static index => IndexDefinition.Parse(index.AsBsonDocument)).ToArray();
        context.Arguments.ThrowIfUnknown();

        // As mongod: an index that is refused leaves no collection behind.
        var existing = context.Catalog.Find(context.Database, name)?.Indexes ?? [IndexDefinition.OfIds];
        var added = wanted.Where(index => !index.IsThere(existing)).ToArray();
        var isNew = context.Catalog.Find(context.Database, name) is null;
        var indexes = context.Catalog.GetOrAdd(context.Database, name).Indexes;
        var before = indexes.Count;
        indexes.AddRange(added);
        var reply = new BsonDocument
        {
            { "numIndexesBefore", before },
            { "numIndexesAfter", indexes.Count },
            { "createdCollectionAutomatically", isNew },
        };
        return (added.Length == 0 ? reply.Add("note", "all indexes already exist") : reply).Add("ok", 1);
    }

    public static BsonDocument ListIndexes(CommandContext context)
    {
        var name = context.CollectionName("listIndexes");
        var batchSize = BatchSize(context);
        context.Arguments.ThrowIfUnknown();
        var collection = context.Catalog.Find(context.Database, name)
            ?? throw new CommandException(ErrorCode.NamespaceNotFound, $"ns does not exist: {context.FullName(name)}");
        return context.Cursors.Answer(
            context.FullName(name),
            collection.Indexes.Select(static index => index.ToDocument()),
            batchSize,
            singleBatch: false
        );
    }

    public static BsonDocument ListCollections(CommandContext context)
    {
        var fields = context.Arguments;
        fields.Required("listCollections");
        var filter = QueryFilter.Parse(fields.DocumentOr("filter", []));
        var nameOnly = fields.Flag("nameOnly");
        fields.Flag("authorizedCollections");
        var batchSize = BatchSize(context);
        fields.ThrowIfUnknown();
        var collections = context
            .Catalog.Collections(context.Database)
            .Select(static pair => new BsonDocument
            {
                { "name", pair.Key },
                { "type", "collection" },
                { "options", new BsonDocument() },
                { "info", new BsonDocument("readOnly", false) },
                { "idIndex", IndexDefinition.OfIds.ToDocument() },
            })
            .Where(filter.Matches)
            .Select(entry => nameOnly ? new BsonDocument { { "name", entry["name"] }, { "type", "collection" } } : entry);
        return context.Cursors.Answer(context.FullName("$cmd.listCollections"), collections, batchSize, singleBatch: false);
    }

    public static BsonDocument Drop(CommandContext context)
    {
        var name = context.CollectionName("drop");
        context.Arguments.ThrowIfUnknown();
        var indexes = context.Catalog.Find(context.Database, name)?.Indexes.Count ?? 0;
        return context.Catalog.Drop(context.Database, name)
            ? new BsonDocument
            {
                { "nIndexesWas", indexes },
                { "ns", context.FullName(name) },
                { "ok", 1 },
            }
            : throw new CommandException(ErrorCode.NamespaceNotFound, "ns not found");
    }

    public static BsonDocument DropDatabase(CommandContext context)
    {
        context.Arguments.Required("dropDatabase");
        context.Arguments.ThrowIfUnknown();
        context.Catalog.Drop(context.Database);
        return new BsonDocument { { "dropped", context.Database }, { "ok", 1 } };
    }

    private static long? BatchSize(CommandContext context)
    {
        var cursor = new CommandArguments("cursor", context.Arguments.DocumentOr("cursor", []));
        var batchSize = cursor.Number("batchSize");
        cursor.ThrowIfUnknown();
        return batchSize;
    }
}
