using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class ConcurrencyTests(SharedMongoOrSubstitute shared)
    : ConcurrencyTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared));
