using Session.Testing;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
