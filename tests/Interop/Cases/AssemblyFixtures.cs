using Session.Interop.Driver;

[assembly: AssemblyFixture(typeof(InteropHosts))]
