using Session.Packages.Tests;
using Session.Testing;

[assembly: AssemblyFixture(typeof(PackageFeed))]
[assembly: AssemblyFixture(typeof(SharedRedis))]
