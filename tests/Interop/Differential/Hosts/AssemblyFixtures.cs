using Session.Interop.Differential.Hosts;

[assembly: AssemblyFixture(typeof(InteropHosts))]
