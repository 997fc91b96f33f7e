using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(SharedMySql))]
