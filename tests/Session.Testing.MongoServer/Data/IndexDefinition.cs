using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>An index as far as it can be seen from outside: nothing here is faster for one, but a TTL index removes documents.</summary>
internal sealed record IndexDefinition(string Name, BsonDocument Key, long? ExpireAfterSeconds)
{
    public static IndexDefinition OfIds { get; } = new("_id_", new BsonDocument("_id", 1), null);

    public static IndexDefinition Parse(BsonDocument definition)
    {
        var fields = new CommandArguments("createIndexes.indexes", definition);
        var index = new IndexDefinition(fields.Text("name"), fields.Document("key"), fields.Number("expireAfterSeconds"));
        fields.Optional("background");
        fields.Optional("v");
        fields.ThrowIfUnknown();
        if (index.Key.ElementCount == 0 || index.Key.Values.Any(static direction => !direction.IsNumeric))
        {
            throw CommandException.NotImplemented("indexes of other kinds than ascending and descending");
        }

        return index.ExpireAfterSeconds is null || (index.Key.ElementCount == 1 && index.ExpireAfterSeconds is >= 0 and <= int.MaxValue)
            ? index
            : throw new CommandException(ErrorCode.CannotCreateIndex, "TTL indexes are single-field indexes with 0 to 2147483647 seconds");
    }

    /// <summary>Whether an index that is there already is this one. One that is almost this one is an error.</summary>
    public bool IsThere(IReadOnlyList<IndexDefinition> existing)
    {
        foreach (var other in existing)
        {
            var sameKey = BsonOrder.AreEqual(other.Key, Key);
            if (other.Name == Name && sameKey && other.ExpireAfterSeconds == ExpireAfterSeconds)
            {
                return true;
            }

            if (other.Name == Name && !sameKey)
            {
                throw new CommandException(
                    ErrorCode.IndexKeySpecsConflict,
                    $"An existing index has the same name as the requested index: {Name}, and another key"
                );
            }

            if (sameKey)
            {
                throw new CommandException(
                    ErrorCode.IndexOptionsConflict,
                    other.Name == Name
                        ? "An equivalent index already exists with the same name but different options."
                        : $"Index already exists with a different name: {other.Name}"
                );
            }
        }

        return false;
    }

    public BsonDocument ToDocument()
    {
        var document = new BsonDocument
        {
            { "v", 2 },
            { "key", Key },
            { "name", Name },
        };
        if (ExpireAfterSeconds is { } seconds)
        {
            document.Add("expireAfterSeconds", seconds);
        }

        return document;
    }

    /// <summary>Whether the TTL monitor removes a document: the field is a date (or an array with one) and its time has come.</summary>
    public bool HasExpired(BsonDocument document, DateTimeOffset now) =>
        ExpireAfterSeconds is { } seconds
        && FieldPath
            .Values(document, Key.GetElement(0).Name)
            .OfType<BsonDateTime>()
            .Any(date => date.MillisecondsSinceEpoch <= now.ToUnixTimeMilliseconds() - (seconds * 1000));
}
