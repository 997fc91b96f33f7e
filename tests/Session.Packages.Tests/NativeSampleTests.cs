using System.Net;

namespace ServerSessions.Packages.Tests;

/// <summary>The sample of a native application, published from the packages and used over HTTP.</summary>
public sealed class NativeSampleTests(PackageFeed feed)
{
    private const string Sample = "samples/NativeAot/NativeAot";

    [Fact]
    public async Task The_native_sample_is_published_without_a_warning_and_takes_updates_and_notices_values_over_HTTP()
    {
        await NativeToolchain.RequireAsync("PublishAot");
        NativeToolchain.RequireLinker();
        using var reader = new EmptyFolder(feed);
        reader.Write(
            "App/App.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Session.AspNetCore" Version="*-*" />
              </ItemGroup>
            </Project>
            """
        );
        foreach (var file in (string[])["Program.cs", "Shop.cs"])
        {
            reader.Write($"App/{file}", Tree.Read($"{Sample}/{file}"));
        }

        var output = await reader.RunAsync(
            "dotnet publish -c Release --use-current-runtime -p:PublishAot=true -p:TreatWarningsAsErrors=true "
                + "-p:TrimmerSingleWarn=false -p:NativeDebugSymbols=false -o out",
            "App"
        );

        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        var folder = Path.Combine(reader.Path, "App", "out");
        Assert.False(File.Exists(Path.Combine(folder, "App.dll")));
        await using var application = await RunningApplication.StartAsync(
            Path.Combine(folder, OperatingSystem.IsWindows() ? "App.exe" : "App"),
            [],
            folder,
            new CookieContainer()
        );

        // The client follows the redirect of each form.
        Assert.Equal("""{"lines":["tea"],"notice":"tea was added."}""", await application.PostAsync("/lines/tea"));
        Assert.Equal("""{"lines":["tea","cake"],"notice":"cake was added."}""", await application.PostAsync("/lines/cake"));
        Assert.Equal("""{"lines":["tea","cake"],"notice":null}""", await application.GetAsync("/"));
        await application.PostAsync("/codes/123");
        await application.PostAsync("/redeem/123");
        var again = await Assert.ThrowsAsync<HttpRequestException>(() => application.PostAsync("/redeem/123"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }
}
