using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(SharedRedis))]
[assembly: AssemblyFixture(typeof(SharedPostgres))]
[assembly: AssemblyFixture(typeof(SharedMySql))]
[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]
