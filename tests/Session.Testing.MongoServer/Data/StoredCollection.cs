using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>
/// The documents of a collection in the order of their ids. A document that lies here is never changed, only replaced, so it may be handed
/// out.
/// </summary>
internal sealed class StoredCollection
{
    public const int MaxDocumentSize = 16 * 1024 * 1024;

    private readonly SortedDictionary<BsonValue, BsonDocument> _documents = new(BsonOrder.Instance);

    public List<IndexDefinition> Indexes { get; } = [IndexDefinition.OfIds];

    public int Count => _documents.Count;

    public List<BsonDocument> Find(QueryFilter filter)
    {
        if (filter.Id is not { } id)
        {
            return _documents.Values.Where(filter.Matches).ToList();
        }

        return _documents.TryGetValue(id, out var found) && filter.Matches(found) ? [found] : [];
    }

    public void Insert(string name, BsonDocument document)
    {
        if (!document.TryGetValue("_id", out var id))
        {
            id = ObjectId.GenerateNewId();
            document = new BsonDocument("_id", id).AddRange(document);
        }
        else if (document.IndexOfName("_id") > 0)
        {
            document.Remove("_id");
            document.InsertAt(0, new BsonElement("_id", id));
        }

        ThrowIfTooLarge(document);
        if (id is BsonArray or BsonRegularExpression or BsonUndefined)
        {
            throw new CommandException(ErrorCode.BadValue, $"The '_id' value cannot be of type {id.BsonType}");
        }

        if (!_documents.TryAdd(id, document))
        {
            throw new DuplicateKeyException(name, id);
        }
    }

    public void Replace(BsonDocument document)
    {
        ThrowIfTooLarge(document);
        _documents[document["_id"]] = document;
    }

    public void Remove(BsonDocument document) => _documents.Remove(document["_id"]);

    private static void ThrowIfTooLarge(BsonDocument document)
    {
        var size = document.ToBson().Length;
        if (size > MaxDocumentSize)
        {
            throw new CommandException(ErrorCode.BsonObjectTooLarge, $"Size {size} is larger than the maximum of {MaxDocumentSize}");
        }
    }
}
