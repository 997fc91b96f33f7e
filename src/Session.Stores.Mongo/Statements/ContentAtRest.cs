using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>The token of a record that was read from a sub-document: its BSON, which has types that JSON lacks.</summary>
/// <param name="Session">The sub-document. Never changed.</param>
/// <param name="LosesTypes">Whether writing the payload back would change the type of a value.</param>
internal sealed record ContentAtRest(BsonDocument Session, bool LosesTypes);
