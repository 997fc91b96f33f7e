using ServerSessions.Packages.Tests;
using ServerSessions.Testing;

[assembly: AssemblyFixture(typeof(PackageFeed))]
[assembly: AssemblyFixture(typeof(SharedRedis))]
