using Session.Interop.CrossRuntime.Running;

[assembly: AssemblyFixture(typeof(BothRuntimes))]
