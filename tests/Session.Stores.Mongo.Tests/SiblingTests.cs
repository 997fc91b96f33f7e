using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class SiblingTests(SharedMongoOrSubstitute shared)
    : SiblingTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared));
