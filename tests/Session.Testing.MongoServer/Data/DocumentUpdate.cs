using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>A replacement, or a list of update operators, checked whole before a document is changed.</summary>
internal sealed class DocumentUpdate
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "$set", "$setOnInsert", "$unset", "$currentDate" };

    private readonly BsonDocument _update;

    private DocumentUpdate(BsonDocument update, bool isReplacement) => (_update, IsReplacement) = (update, isReplacement);

    public bool IsReplacement { get; }

    public static DocumentUpdate Parse(BsonValue value)
    {
        if (value is not BsonDocument update)
        {
            throw value is BsonArray
                ? CommandException.NotImplemented("updates by a pipeline")
                : new CommandException(ErrorCode.FailedToParse, "An update is a document or a pipeline.");
        }

        var operators = update.Names.Count(static name => name.StartsWith('$'));
        if (operators == 0)
        {
            return new DocumentUpdate(update, isReplacement: true);
        }

        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in update.Elements)
        {
            if (!Known.Contains(element.Name) || element.Value is not BsonDocument fields)
            {
                throw new CommandException(
                    ErrorCode.FailedToParse,
                    $"Unknown modifier: {element.Name}, or one that the MongoDB server for tests does not know."
                );
            }

            foreach (var field in fields.Elements)
            {
                if (!paths.Add(field.Name))
                {
                    throw new CommandException(
                        ErrorCode.ConflictingUpdateOperators,
                        $"Updating the path '{field.Name}' would create a conflict at '{field.Name}'"
                    );
                }

                if (
                    element.Name == "$currentDate"
                    && !(
                        field.Value.IsBoolean
                        || field.Value is BsonDocument { ElementCount: 1 } type && type.GetValue("$type", "") == "date"
                    )
                )
                {
                    throw CommandException.NotImplemented("a $currentDate of another type than a date");
                }
            }
        }

        return new DocumentUpdate(update, isReplacement: false);
    }

    /// <summary>A new document that this makes of an old one.</summary>
    public BsonDocument Apply(BsonDocument old, DateTimeOffset now, bool inserting)
    {
        var changed = IsReplacement ? Replace(old) : Modify(old, now, inserting);
        if (old.TryGetValue("_id", out var id) && !(changed.TryGetValue("_id", out var newId) && BsonOrder.AreEqual(id, newId)))
        {
            throw new CommandException(
                ErrorCode.ImmutableField,
                "Performing an update on the path '_id' would modify the immutable field '_id'"
            );
        }

        return changed;
    }

    /// <summary>The document that an upsert inserts: what the filter says is equal, then this.</summary>
    public BsonDocument Insertion(BsonDocument filter, DateTimeOffset now)
    {
        var start = new BsonDocument();
        foreach (var (path, value) in QueryFilter.Equalities(filter))
        {
            if (!IsReplacement || path == "_id")
            {
                FieldPath.Set(start, path, value);
            }
        }

        return Apply(start, now, inserting: true);
    }

    private BsonDocument Replace(BsonDocument old)
    {
        var changed = _update.DeepClone().AsBsonDocument;
        if (old.TryGetValue("_id", out var id) && !changed.Contains("_id"))
        {
            changed.InsertAt(0, new BsonElement("_id", id));
        }

        return changed;
    }

    private BsonDocument Modify(BsonDocument old, DateTimeOffset now, bool inserting)
    {
        var changed = old.DeepClone().AsBsonDocument;
        foreach (var each in _update.Elements)
        {
            foreach (var field in each.Value.AsBsonDocument.Elements)
            {
                switch (each.Name)
                {
                    case "$set":
                        FieldPath.Set(changed, field.Name, field.Value);
                        break;
                    case "$setOnInsert" when inserting:
                        FieldPath.Set(changed, field.Name, field.Value);
                        break;
                    case "$unset":
                        FieldPath.Remove(changed, field.Name);
                        break;
                    case "$currentDate":
                        FieldPath.Set(changed, field.Name, new BsonDateTime(now.ToUnixTimeMilliseconds()));
                        break;
                }
            }
        }

        return changed;
    }
}
