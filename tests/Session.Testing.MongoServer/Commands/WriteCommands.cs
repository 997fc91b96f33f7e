using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>insert, update and delete: statements one after the other, whose errors are told by their index.</summary>
internal static class WriteCommands
{
    public static BsonDocument Insert(CommandContext context)
    {
        var name = context.CollectionName("insert");
        var documents = context.Arguments.Array("documents");
        return Run(context, documents, document =>
        {
            context.Catalog.GetOrAdd(context.Database, name).Insert(context.FullName(name), document);
            return new StatementResult(1);
        });
    }

    public static BsonDocument Update(CommandContext context)
    {
        var name = context.CollectionName("update");
        return Run(context, context.Arguments.Array("updates"), statement =>
        {
            var fields = new CommandArguments("update.updates", statement);
            var (filter, update) = (fields.Document("q"), DocumentUpdate.Parse(fields.Required("u")));
            var (upsert, multi) = (fields.Flag("upsert"), fields.Flag("multi"));
            fields.ThrowIfUnknown();
            if (multi && update.IsReplacement)
            {
                throw new CommandException(ErrorCode.FailedToParse, "multi update is not supported for replacement-style update");
            }

            var query = QueryFilter.Parse(filter);
            var found = context.Catalog.Find(context.Database, name)?.Find(query) ?? [];
            if (found.Count == 0)
            {
                return upsert ? new StatementResult(1, Upserted: Upsert(context, name, filter, update)) : new StatementResult(0);
            }

            var matched = multi ? found : found[..1];
            return new StatementResult(matched.Count, Modified: matched.Count(document => Change(context, name, document, update)));
        });
    }

    public static BsonDocument Delete(CommandContext context)
    {
        var name = context.CollectionName("delete");
        return Run(context, context.Arguments.Array("deletes"), statement =>
        {
            var fields = new CommandArguments("delete.deletes", statement);
            var (filter, limit) = (QueryFilter.Parse(fields.Document("q")), fields.Required("limit").ToInt32());
            fields.ThrowIfUnknown();
            if (limit is not (0 or 1))
            {
                throw new CommandException(ErrorCode.FailedToParse, $"The limit field in delete objects must be 0 or 1. Got {limit}");
            }

            var collection = context.Catalog.Find(context.Database, name);
            var found = collection?.Find(filter) ?? [];
            var removed = limit == 1 ? found.Take(1).ToList() : found;
            removed.ForEach(document => collection!.Remove(document));
            return new StatementResult(removed.Count);
        });
    }

    /// <summary>Inserts what an upsert makes.</summary>
    /// <returns>Its id.</returns>
    public static BsonValue Upsert(CommandContext context, string name, BsonDocument filter, DocumentUpdate update)
    {
        var document = update.Insertion(filter, context.Now);
        if (!document.Contains("_id"))
        {
            document.InsertAt(0, new BsonElement("_id", ObjectId.GenerateNewId()));
        }

        context.Catalog.GetOrAdd(context.Database, name).Insert(context.FullName(name), document);
        return document["_id"];
    }

    /// <returns>Whether it is another document now.</returns>
    public static bool Change(CommandContext context, string name, BsonDocument document, DocumentUpdate update)
    {
        var changed = update.Apply(document, context.Now, inserting: false);
        if (changed.ToBson().AsSpan().SequenceEqual(document.ToBson()))
        {
            return false;
        }

        context.Catalog.GetOrAdd(context.Database, name).Replace(changed);
        return true;
    }

    private static BsonDocument Run(CommandContext context, BsonArray statements, Func<BsonDocument, StatementResult> run)
    {
        var ordered = context.Arguments.Flag("ordered", fallback: true);
        context.Arguments.ThrowIfUnknown();
        var (n, modified) = (0, (int?)null);
        var (upserted, errors) = (new BsonArray(), new BsonArray());
        for (var i = 0; i < statements.Count && (errors.Count == 0 || !ordered); i++)
        {
            try
            {
                var result = run(statements[i].AsBsonDocument);
                n += result.Affected;
                modified = result.Modified is { } changed ? (modified ?? 0) + changed : modified;
                if (result.Upserted is { } id)
                {
                    upserted.Add(new BsonDocument { { "index", i }, { "_id", id } });
                }
            }
            catch (DuplicateKeyException duplicate)
            {
                errors.Add(
                    new BsonDocument
                    {
                        { "index", i },
                        { "code", ErrorCode.DuplicateKey },
                        { "errmsg", duplicate.Message },
                        { "keyPattern", new BsonDocument("_id", 1) },
                        { "keyValue", new BsonDocument("_id", duplicate.Id) },
                    }
                );
            }
            catch (CommandException error)
                when (error.Code is ErrorCode.ImmutableField or ErrorCode.BsonObjectTooLarge or ErrorCode.BadValue)
            {
                errors.Add(
                    new BsonDocument
                    {
                        { "index", i },
                        { "code", error.Code },
                        { "errmsg", error.Message },
                    }
                );
            }
        }

        var reply = new BsonDocument("n", n);
        if (modified is not null || context.Arguments.Has("updates"))
        {
            reply.Add("nModified", modified ?? 0);
        }

        if (upserted.Count > 0)
        {
            reply.Add("upserted", upserted);
        }

        if (errors.Count > 0)
        {
            reply.Add("writeErrors", errors);
        }

        return reply.Add("ok", 1);
    }

    private sealed record StatementResult(int Affected, int? Modified = null, BsonValue? Upserted = null);
}
