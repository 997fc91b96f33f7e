using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>The token of a record that was read from a sub-document: what it was in BSON, whose types JSON has not all.</summary>
/// <param name="Session">The sub-document; never changed.</param>
/// <param name="LosesTypes">Whether writing the payload back would make other types of some values.</param>
internal sealed record ContentAtRest(BsonDocument Session, bool LosesTypes);
