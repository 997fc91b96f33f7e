using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
