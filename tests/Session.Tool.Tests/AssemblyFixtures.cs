[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]
[assembly: AssemblyFixture(typeof(SharedMySql))]
[assembly: AssemblyFixture(typeof(SharedPostgres))]
[assembly: AssemblyFixture(typeof(SharedRedis))]
