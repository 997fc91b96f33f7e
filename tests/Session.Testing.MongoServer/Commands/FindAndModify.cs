using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>findAndModify: finds one document, changes or removes it, and responds with what it was or has become.</summary>
internal static class FindAndModify
{
    public static BsonDocument Run(CommandContext context, string command)
    {
        var (name, fields) = (context.CollectionName(command), context.Arguments);
        var filter = fields.DocumentOr("query", []);
        var sort = fields.DocumentOr("sort", []);
        var projection = new Projection(fields.DocumentOr("fields", []));
        var (remove, upsert, wantsNew) = (fields.Flag("remove"), fields.Flag("upsert"), fields.Flag("new"));
        var update = fields.Optional("update") is { } value ? DocumentUpdate.Parse(value) : null;
        fields.ThrowIfUnknown();
        if (remove == (update is not null) || (remove && (upsert || wantsNew)))
        {
            throw new CommandException(
                ErrorCode.FailedToParse,
                "Either an update or remove=true must be specified, and remove goes with neither upsert nor new."
            );
        }

        var query = QueryFilter.Parse(filter);
        var collection = context.Catalog.Find(context.Database, name);
        var found = ReadCommands.Sort(collection?.Find(query) ?? [], sort).FirstOrDefault();
        if (update is null)
        {
            if (found is not null)
            {
                collection!.Remove(found);
            }

            return Answer(found, new BsonDocument("n", found is null ? 0 : 1), projection);
        }

        if (found is not null)
        {
            WriteCommands.Change(context, name, found, update);
            return Answer(
                wantsNew ? ById(context, name, found["_id"]) : found,
                new BsonDocument { { "n", 1 }, { "updatedExisting", true } },
                projection
            );
        }

        if (!upsert)
        {
            return Answer(null, new BsonDocument { { "n", 0 }, { "updatedExisting", false } }, projection);
        }

        var id = WriteCommands.Upsert(context, name, filter, update);
        return Answer(
            wantsNew ? ById(context, name, id) : null,
            new BsonDocument
            {
                { "n", 1 },
                { "updatedExisting", false },
                { "upserted", id },
            },
            projection
        );
    }

    private static BsonDocument ById(CommandContext context, string name, BsonValue id) =>
        context
            .Catalog.Find(context.Database, name)!
            .Find(QueryFilter.Parse(new BsonDocument("_id", new BsonDocument("$eq", id))))
            .Single();

    private static BsonDocument Answer(BsonDocument? document, BsonDocument lastErrorObject, Projection projection) =>
        new()
        {
            { "lastErrorObject", lastErrorObject },
            { "value", document is null ? BsonNull.Value : projection.Apply(document) },
            { "ok", 1 },
        };
}
