using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class AmbientTransactionTests(SharedMongoOrSubstitute shared)
    : AmbientTransactionTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared));
