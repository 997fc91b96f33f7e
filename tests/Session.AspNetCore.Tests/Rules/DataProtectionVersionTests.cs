using System.Reflection;
using System.Reflection.Emit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Rules;

/// <summary>
/// Versions of Data Protection that accept forged payloads (CVE-2026-40372). Each comes as an assembly of that name and version, made for
/// the test, with the provider of the application in it: what is asked is the assembly that is at work.
/// </summary>
public sealed class DataProtectionVersionTests
{
    public static TheoryData<string, bool> Versions =>
        new()
        {
            { "10.0.0", true },
            { "10.0.0-rc.2.25502.107+89d7f1a4c5a2b3c4", true },
            { "10.0.5+0a1b2c3d4e5f", true },
            { "10.0.6+fa0d58b10a1b2c3d4e5f", true },
            { "10.0.7+95017c711e6afc1085133d440e42b4bd78155701", false },
            { "10.0.12", false },
            { "10.1.0", false },
            { "9.0.15", false },
            { "11.0.0-rc.1", false },
            { "a version of somebody's own", false },
        };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task One_that_accepts_forged_payloads_is_warned_about_once_at_start(string version, bool isWarned)
    {
        await using var app = await TestApp.StartAsync(
            static _ => Task.CompletedTask,
            sessions: sessions =>
                sessions
                    .EncryptPayloadWithDataProtection()
                    .Services.AddSingleton(ProviderOf("Microsoft.AspNetCore.DataProtection", version))
        );
        using var one = await app.GetAsync();
        using var two = await app.GetAsync();

        var lines = app.Logs.Lines.Where(static line => line.Event.Name == "DataProtectionAcceptsForgeries").ToList();
        Assert.Equal(isWarned ? 1 : 0, lines.Count);
        Assert.All(lines, line =>
        {
            Assert.Equal((LogLevel.Warning, 26), (line.Level, line.Event.Id));
            Assert.Contains($"DataProtection {version.Split('+')[0]}. ", line.Text, StringComparison.Ordinal);
            Assert.Contains("10.0.7 or later", line.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_provider_of_the_applications_own_stands_in_front_of_the_one_that_is_loaded()
    {
        // Its assembly has a version of another thing. What is loaded here is the shared framework's, which is mended.
        await using var app = await TestApp.StartAsync(
            static _ => Task.CompletedTask,
            sessions: sessions => sessions.EncryptPayloadWithDataProtection().Services.AddSingleton(ProviderOf("Company.Keys", "10.0.3"))
        );

        Assert.Equal(0, app.Logs.Count("DataProtectionAcceptsForgeries"));
        Assert.False(IsForgeable(typeof(DataProtectionOptions).Assembly), "These tests run on a runtime before 10.0.7.");
    }

    [Fact]
    public async Task Without_Data_Protection_nothing_is_said()
    {
        await using var app = await TestApp.StartAsync(
            static _ => Task.CompletedTask,
            sessions: static sessions => sessions.Services.AddSingleton(ProviderOf("Microsoft.AspNetCore.DataProtection", "10.0.6"))
        );

        Assert.Equal(0, app.Logs.Count("DataProtectionAcceptsForgeries"));
    }

    private static bool IsForgeable(Assembly assembly) =>
        Version.Parse(assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', '-')[0])
            is { Major: 10, Minor: 0, Build: < 7 };

    private static IDataProtectionProvider ProviderOf(string assemblyName, string version)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(assemblyName), AssemblyBuilderAccess.Run);
        assembly.SetCustomAttribute(
            new CustomAttributeBuilder(typeof(AssemblyInformationalVersionAttribute).GetConstructor([typeof(string)])!, [version])
        );
        var type = assembly
            .DefineDynamicModule(assemblyName)
            .DefineType("Provider", TypeAttributes.Public | TypeAttributes.Class, typeof(Provider));
        return (IDataProtectionProvider)Activator.CreateInstance(type.CreateType())!;
    }

    public class Provider : IDataProtectionProvider
    {
        private readonly EphemeralDataProtectionProvider _inner = new();

        public IDataProtector CreateProtector(string purpose) => _inner.CreateProtector(purpose);
    }
}
