using ServerSessions.Interop.Driver;

[assembly: AssemblyFixture(typeof(InteropHosts))]
