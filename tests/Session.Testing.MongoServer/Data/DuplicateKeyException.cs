using MongoDB.Bson;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>An <c>_id</c> that is there already. As with mongod, the message repeats the id.</summary>
internal sealed class DuplicateKeyException(string collection, BsonValue id)
    : Exception($"E11000 duplicate key error collection: {collection} index: _id_ dup key: {{ _id: {id.ToJson()} }}")
{
    public BsonValue Id { get; } = id;
}
