namespace ServerSessions.Packages.Tests;

/// <summary>Stores that are chosen by the configuration, in applications that have packages alone.</summary>
public sealed class ProviderTests(PackageFeed feed)
{
    private const string Program = """
        using System.Text.Json.Serialization;
        using ServerSessions;

        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services
            .AddServerSessions(options => options.Secret = builder.Configuration["ServerSessions:Secret"])
            .AddStoreFromConfiguration(builder.Configuration);

        var app = builder.Build();
        app.UseServerSessions();
        app.MapGet("/", (ServerSession session, ISessionStore store) =>
        {
            var visits = session.Get("visits", Numbers.Default.Int32) + 1;
            session.Set("visits", visits, Numbers.Default.Int32);
            return $"{store}: {visits}";
        });
        app.Run();

        [JsonSerializable(typeof(int))]
        internal sealed partial class Numbers : JsonSerializerContext;

        """;

    private const string FSharpProgram = """
        open Microsoft.AspNetCore.Builder
        open Microsoft.Extensions.DependencyInjection
        open ServerSessions

        let builder = WebApplication.CreateBuilder()
        builder.Services.AddServerSessions(fun (options: ServerSessionOptions) -> options.Secret <- System.String('s', 32)).AddStoreFromUrl("acme://f") |> ignore
        use services = builder.Services.BuildServiceProvider()
        printfn "%O" (services.GetRequiredService<ISessionStore>())
        """;

    private const string VisualBasicProgram = """
        Imports Microsoft.AspNetCore.Builder
        Imports Microsoft.Extensions.DependencyInjection
        Imports ServerSessions

        Module Program
            Sub Main()
                Dim builder = WebApplication.CreateBuilder()
                builder.Services.AddServerSessions(Sub(options) options.Secret = New String("s"c, 32)).AddStoreFromUrl("acme://vb")
                Using services = builder.Services.BuildServiceProvider()
                    System.Console.WriteLine(services.GetRequiredService(Of ISessionStore)())
                End Using
            End Sub
        End Module
        """;

    [Fact]
    public async Task A_store_in_the_package_of_somebody_else_is_chosen_by_its_url()
    {
        using var reader = await NewApplicationAsync();

        await using var application = await RunningApplication.StartAsync(reader, "App", store: "acme://x");

        Assert.Equal("Acme x: 1", await application.GetAsync("/"));
        Assert.Equal("Acme x: 2", await application.GetAsync("/"));
    }

    [Fact]
    public async Task A_project_that_generates_no_assembly_attributes_names_the_provider_itself()
    {
        using var reader = await NewApplicationAsync();
        reader.Write(
            "App/Directory.Build.props",
            "<Project><PropertyGroup><GenerateAssemblyInfo>false</GenerateAssemblyInfo></PropertyGroup></Project>"
        );
        reader.Write(
            "App/Providers.cs",
            "[assembly: ServerSessions.SessionStoreProvider(typeof(Acme.Sessions.AcmeSessionStoreProvider))]\n"
        );

        await using var application = await RunningApplication.StartAsync(reader, "App", store: "acme://x");

        Assert.Equal("Acme x: 1", await application.GetAsync("/"));
    }

    [Fact]
    public async Task A_test_with_WebApplicationFactory_finds_what_only_the_application_names()
    {
        using var reader = await NewApplicationAsync();
        reader.Write(
            "Check/Check.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <GenerateAssemblyInfo>false</GenerateAssemblyInfo>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <PackageReference Include="Microsoft.AspNetCore.Mvc.Testing" Version="10.0.0" />
                <ProjectReference Include="../App/App.csproj" />
              </ItemGroup>
            </Project>
            """
        );
        // WebApplicationFactory looks for the application's folder beside a solution.
        reader.Write("All.sln", "");
        reader.Write(
            "Check/Program.cs",
            """
            using Microsoft.AspNetCore.Mvc.Testing;

            using var application = new WebApplicationFactory<AppMarker>();
            using var browser = application.CreateClient();
            Console.WriteLine(await browser.GetStringAsync("/"));

            """
        );
        reader.Write("App/AppMarker.cs", "public sealed class AppMarker;\n");

        var output = await reader.RunAsync(
            "dotnet run -c Release -e ServerSessions__Store=acme://x -e ServerSessions__Secret=0123456789abcdefghijklmnopqrstuvwxyz",
            "Check"
        );

        Assert.Contains("Acme x: 1", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fsproj", "Program.fs", FSharpProgram, "Acme f")]
    [InlineData("vbproj", "Program.vb", VisualBasicProgram, "Acme vb")]
    public async Task Applications_in_other_languages_find_it_too(string extension, string file, string program, string says)
    {
        await feed.AddAcmeAsync();
        using var reader = new EmptyFolder(feed);
        reader.Write(
            $"App/App.{extension}",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RootNamespace></RootNamespace>
                <StartupObject Condition="'{extension}' == 'vbproj'">Program</StartupObject>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{file}" Condition="'{extension}' == 'fsproj'" />
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
            {EmptyFolder.References("Session.AspNetCore", "Acme.Sessions")}
              </ItemGroup>
            </Project>
            """
        );
        reader.Write($"App/{file}", program);

        Assert.Contains(says, await reader.RunAsync("dotnet run -c Release", "App"), StringComparison.Ordinal);
    }

    private async Task<EmptyFolder> NewApplicationAsync()
    {
        await feed.AddAcmeAsync();
        var reader = new EmptyFolder(feed);
        reader.WriteApplication("Session.AspNetCore", "Acme.Sessions");
        reader.Write("App/Program.cs", Program);
        return reader;
    }
}
