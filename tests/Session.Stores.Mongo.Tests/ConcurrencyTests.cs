using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class ConcurrencyTests(SharedMongoOrSubstitute shared)
    : ConcurrencyTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared));
