using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>find, count, aggregate and what continues or ends their cursors.</summary>
internal static class ReadCommands
{
    public static BsonDocument Find(CommandContext context)
    {
        var (name, fields) = (context.CollectionName("find"), context.Arguments);
        var filter = QueryFilter.Parse(fields.DocumentOr("filter", []));
        var sort = fields.DocumentOr("sort", []);
        var projection = new Projection(fields.DocumentOr("projection", []));
        var (skip, limit, batchSize) = (fields.Number("skip") ?? 0, fields.Number("limit") ?? 0, fields.Number("batchSize"));
        var singleBatch = fields.Flag("singleBatch");
        fields.ThrowIfUnknown();
        if (skip < 0 || limit < 0 || batchSize < 0)
        {
            throw new CommandException(ErrorCode.BadValue, "skip, limit and batchSize are not negative");
        }

        IEnumerable<BsonDocument> found = Sort(context.Catalog.Find(context.Database, name)?.Find(filter) ?? [], sort);
        found = Limit(found.Skip((int)skip), limit).Select(projection.Apply);
        return context.Cursors.Answer(context.FullName(name), found, batchSize, singleBatch);
    }

    public static BsonDocument Count(CommandContext context)
    {
        var (name, fields) = (context.CollectionName("count"), context.Arguments);
        var filter = QueryFilter.Parse(fields.DocumentOr("query", []));
        var (skip, limit) = (fields.Number("skip") ?? 0, fields.Number("limit") ?? 0);
        fields.ThrowIfUnknown();
        var found = context.Catalog.Find(context.Database, name)?.Find(filter) ?? [];
        return new BsonDocument { { "n", Limit(found.Skip((int)skip), Math.Abs(limit)).Count() }, { "ok", 1 } };
    }

    public static BsonDocument Aggregate(CommandContext context)
    {
        var (name, fields) = (context.CollectionName("aggregate"), context.Arguments);
        var stages = fields.Array("pipeline").Select(static stage => stage.AsBsonDocument).ToArray();
        var cursor = new CommandArguments("aggregate.cursor", fields.Document("cursor"));
        var batchSize = cursor.Number("batchSize");
        cursor.ThrowIfUnknown();
        fields.ThrowIfUnknown();

        IEnumerable<BsonDocument> found = context.Catalog.Find(context.Database, name)?.Find(QueryFilter.Parse([])) ?? [];
        foreach (var stage in stages)
        {
            found = Run(stage, found);
        }

        return context.Cursors.Answer(context.FullName(name), found, batchSize, singleBatch: false);
    }

    public static BsonDocument GetMore(CommandContext context)
    {
        var fields = context.Arguments;
        var (id, collection, batchSize) = (fields.Number("getMore") ?? 0, fields.Text("collection"), fields.Number("batchSize"));
        fields.ThrowIfUnknown();
        return context.Cursors.More(id, context.FullName(collection), batchSize);
    }

    public static BsonDocument KillCursors(CommandContext context)
    {
        context.CollectionName("killCursors");
        var ids = context.Arguments.Array("cursors");
        context.Arguments.ThrowIfUnknown();
        var killed = new BsonArray(ids.Where(id => context.Cursors.Kill(id.ToInt64())));
        return new BsonDocument
        {
            { "cursorsKilled", killed },
            { "cursorsNotFound", new BsonArray(ids.Except(killed)) },
            { "cursorsAlive", new BsonArray() },
            { "cursorsUnknown", new BsonArray() },
            { "ok", 1 },
        };
    }

    public static List<BsonDocument> Sort(List<BsonDocument> documents, BsonDocument sort)
    {
        IOrderedEnumerable<BsonDocument>? sorted = null;
        foreach (var field in sort.Elements)
        {
            BsonValue Key(BsonDocument document) => FieldPath.Values(document, field.Name).FirstOrDefault() ?? BsonNull.Value;
            sorted = field.Value.ToInt32() switch
            {
                1 => sorted?.ThenBy(Key, BsonOrder.Instance) ?? documents.OrderBy(Key, BsonOrder.Instance),
                -1 => sorted?.ThenByDescending(Key, BsonOrder.Instance) ?? documents.OrderByDescending(Key, BsonOrder.Instance),
                _ => throw new CommandException(ErrorCode.BadValue, "A sort is 1 or -1."),
            };
        }

        return sorted?.ToList() ?? documents;
    }

    private static IEnumerable<BsonDocument> Limit(IEnumerable<BsonDocument> documents, long limit) =>
        limit == 0 ? documents : documents.Take((int)limit);

    /// <summary>The stages that drivers make of countDocuments, and few more.</summary>
    private static IEnumerable<BsonDocument> Run(BsonDocument stage, IEnumerable<BsonDocument> documents)
    {
        var (name, value) = (stage.GetElement(0).Name, stage.GetElement(0).Value);
        switch (name)
        {
            case "$match":
                return documents.Where(QueryFilter.Parse(value.AsBsonDocument).Matches).ToList();
            case "$skip":
                return documents.Skip(value.ToInt32()).ToList();
            case "$limit":
                return documents.Take(value.ToInt32()).ToList();
            case "$count":
                var counted = documents.Count();
                return counted == 0 ? [] : [new BsonDocument(value.AsString, counted)];
            case "$group":
                return Group(value.AsBsonDocument, documents.Count());
            default:
                throw new CommandException(
                    40324,
                    $"Unrecognized pipeline stage name: '{name}', or one that the MongoDB server for tests does not know."
                );
        }
    }

    private static IEnumerable<BsonDocument> Group(BsonDocument group, int count)
    {
        var sum =
            group.ElementCount == 2
            && group.GetElement(0) is { Name: "_id", Value.BsonType: BsonType.Int32 or BsonType.Double or BsonType.Null }
                ? group.GetElement(1)
                : throw CommandException.NotImplemented("a $group of anything but all documents");
        if (sum.Value is not BsonDocument { ElementCount: 1 } one || one.GetValue("$sum", BsonNull.Value) is not { IsNumeric: true } step)
        {
            throw CommandException.NotImplemented("a $group that does not add a number");
        }

        return count == 0 ? [] : [new BsonDocument { { "_id", group["_id"] }, { sum.Name, count * step.ToInt32() } }];
    }
}
