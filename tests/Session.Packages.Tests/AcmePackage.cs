namespace ServerSessions.Packages.Tests;

/// <summary>
/// A package of somebody else with a store, which is chosen by <c>acme://…</c>; made as <c>docs/writing-a-store.md</c> says.
/// </summary>
internal static class AcmePackage
{
    public static async Task PackAsync(PackageFeed feed)
    {
        using var author = new EmptyFolder(feed);
        author.Write(
            "Acme.Sessions/Acme.Sessions.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <IsAotCompatible>true</IsAotCompatible>
              </PropertyGroup>
              <ItemGroup>
                <None Include="buildTransitive/**" Pack="true" PackagePath="buildTransitive/" />
                <PackageReference Include="Session.Abstractions" Version="*-*" />
              </ItemGroup>
            </Project>
            """
        );
        author.Write(
            "Acme.Sessions/buildTransitive/Acme.Sessions.props",
            """
            <Project>
              <ItemGroup>
                <AssemblyAttribute Include="ServerSessions.SessionStoreProviderAttribute">
                  <_Parameter1>Acme.Sessions.AcmeSessionStoreProvider, Acme.Sessions</_Parameter1>
                </AssemblyAttribute>
              </ItemGroup>
            </Project>
            """
        );
        author.Write(
            "Acme.Sessions/AcmeSessionStoreProvider.cs",
            """
            using System.Collections.Concurrent;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.DependencyInjection.Extensions;
            using ServerSessions;

            namespace Acme.Sessions;

            public sealed class AcmeSessionStoreProvider : SessionStoreProvider
            {
                public override string Name => "acme";

                public override IReadOnlyList<string> UrlPrefixes => ["acme://"];

                public override void AddStore(IServerSessionBuilder builder, string url) => AddStoreFromConnectionString(builder, url["acme://".Length..]);

                public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
                    builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(_ => new AcmeSessionStore(connectionString)));
            }

            public sealed class AcmeSessionStore(string name) : ISessionStore
            {
                private readonly ConcurrentDictionary<string, SessionRecord> _sessions = new();

                public override string ToString() => $"Acme {name}";

                public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => new(_sessions.GetValueOrDefault(sid));

                public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
                {
                    _sessions[sid] = record;
                    return default;
                }

                public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
                {
                    _sessions.TryRemove(sid, out _);
                    return default;
                }
            }
            """
        );
        await author.RunAsync($"dotnet pack -c Release -o {feed.OthersFolder}", "Acme.Sessions");
    }
}
