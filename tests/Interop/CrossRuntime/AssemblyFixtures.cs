using ServerSessions.Interop.CrossRuntime.Running;

[assembly: AssemblyFixture(typeof(BothRuntimes))]
