using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace ServerSessions.Repository.Tests;

/// <summary>
/// The containers of the repository. Without Docker it can be checked that the files agree with each other and with the programs. The
/// workflow starts them.
/// </summary>
public sealed partial class ComposeTests
{
    private const string Sample = "samples/TwoInstances";

    public static TheoryData<string> Files => [.. Tree.Files(".", "compose.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Services_volumes_and_ports_are_consistent(string file)
    {
        var compose = Read(file);
        var services = Map(compose["services"]);
        var declared = compose.TryGetValue("volumes", out var volumes) ? Map(volumes).Keys.ToList() : [];
        var (used, hostPorts) = (new List<string>(), new List<string>());
        foreach (var (name, value) in services)
        {
            var service = Map(value);
            Assert.True(service.ContainsKey("image") ^ service.ContainsKey("build"), $"{name} has either an image or a build.");
            if (service.TryGetValue("image", out var image))
            {
                Assert.Matches(@"^[a-z/]+:[0-9]+(\.[0-9]+)?$", (string)image);
            }

            foreach (var port in Texts(service, "ports"))
            {
                // On loopback: a password of a sample is no secret.
                Assert.Matches("^127\\.0\\.0\\.1:[0-9]+:[0-9]+$", port);
                hostPorts.Add(port.Split(':')[1]);
            }

            used.AddRange(Texts(service, "volumes").Select(static volume => volume.Split(':')[0]));
            foreach (var (needed, condition) in service.TryGetValue("depends_on", out var depends) ? Map(depends) : [])
            {
                Assert.Equal("service_healthy", Map(condition)["condition"]);
                Assert.True(Map(services[needed]).ContainsKey("healthcheck"), $"{needed} has no health check, and {name} waits for it.");
            }
        }

        Assert.Equal(hostPorts.Distinct(), hostPorts);
        Assert.Equal(declared.Order(), used.Distinct().Order());
    }

    [Fact]
    public void Each_container_of_the_sample_is_built_from_a_project_that_is_there_and_listens_where_others_look_for_it()
    {
        var services = Map(Read($"{Sample}/compose.yaml")["services"]);
        var built = services.Where(static service => Map(service.Value).ContainsKey("build")).ToList();

        Assert.Equal(["shop-one", "shop-two", "proxy"], built.Select(static service => service.Key));
        foreach (var (name, value) in built)
        {
            var service = Map(value);
            var build = Map(service["build"]);
            Assert.Equal(Tree.Root.TrimEnd('/'), Path.GetFullPath(Path.Combine(Tree.Root, Sample, (string)build["context"])).TrimEnd('/'));
            Assert.Equal($"{Sample}/Dockerfile", build["dockerfile"]);
            var project = (string)Map(build["args"])["PROJECT"];
            Assert.True(File.Exists(Path.Combine(Tree.Root, Sample, project, $"{project}.csproj")), project);

            // Each name of another container in a setting is a service; the programs listen on the port that the image exposes.
            var settings = Map(service["environment"]).Values.Cast<string>().ToList();
            foreach (Match address in settings.Select(static text => Address().Match(text)).Where(static match => match.Success))
            {
                Assert.Contains(address.Groups["host"].Value, services.Keys);
                Assert.Contains(address.Groups["host"].Value, Map(service["depends_on"]).Keys);
                Assert.Equal(address.Groups["scheme"].Value == "http" ? "8080" : "6379", address.Groups["port"].Value);
            }

            Assert.Equal("http://127.0.0.1:8080/health", Texts(Map(service["healthcheck"]), "test").Last());
            Assert.Equal(name == "proxy" ? ["127.0.0.1:8080:8080"] : [], Texts(service, "ports"));
        }

        Assert.Contains("MapHealthChecks(\"/health\")", Tree.Read($"{Sample}/Shop/Program.cs"), StringComparison.Ordinal);
        Assert.Contains("\"Path\": \"/health\"", Tree.Read($"{Sample}/Proxy/appsettings.json"), StringComparison.Ordinal);
        Assert.Contains("EXPOSE 8080", Tree.Read($"{Sample}/Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_containers_are_those_that_the_programs_read()
    {
        var services = Map(Read($"{Sample}/compose.yaml")["services"]);
        var proxy = Map(Map(services["proxy"])["environment"]);
        var destinations = System.Text.Json.JsonDocument.Parse(Tree.Read($"{Sample}/Proxy/appsettings.json"))
            .RootElement.GetProperty("ReverseProxy")
            .GetProperty("Clusters")
            .GetProperty("shop")
            .GetProperty("Destinations")
            .EnumerateObject()
            .Select(static destination => $"ReverseProxy__Clusters__shop__Destinations__{destination.Name}__Address");

        Assert.Equal(destinations, proxy.Keys);
        foreach (var shop in (string[])["shop-one", "shop-two"])
        {
            var settings = Map(Map(services[shop])["environment"]);
            Assert.Equal(
                ["ASPNETCORE_FORWARDEDHEADERS_ENABLED", "Instance", "ServerSessions__Secret", "ServerSessions__Store"],
                settings.Keys.Order(StringComparer.Ordinal)
            );
            Assert.StartsWith("${SESSION_SECRET:?", (string)settings["ServerSessions__Secret"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_the_Dockerfile_copies_and_publishes_is_there_and_is_all_that_the_projects_need()
    {
        var lines = Tree.Read($"{Sample}/Dockerfile").Split('\n');
        var copied = lines
            .Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(static line => line.Split(' ')[1..^1])
            .ToList();

        Assert.All(copied, static path => Assert.True(Path.Exists(Path.Combine(Tree.Root, path)), path));
        Assert.Contains(lines, static line => line.StartsWith($"RUN dotnet publish {Sample}/$PROJECT ", StringComparison.Ordinal));
        Assert.Contains("WORKDIR /source", lines);

        // Every file that MSBuild reads in the root, and every folder that a project refers to.
        Assert.All(
            (string[])
                [
                    .. Directory.EnumerateFiles(Tree.Root, "Directory.*").Select(static path => Path.GetFileName(path)!),
                    "global.json",
                    "nuget.config",
                ],
            name => Assert.Contains(name, copied)
        );
        var references =
            from project in Tree.Files(Sample, "*.csproj").Concat(Tree.Files("src", "*.csproj"))
            from Match match in Include().Matches(Tree.Read(project))
            let full = Path.GetFullPath(Path.Combine(Tree.Root, Path.GetDirectoryName(project)!, match.Groups["path"].Value))
            select Path.GetRelativePath(Tree.Root, full).Replace('\\', '/');
        Assert.All(references, path => Assert.Contains(copied, folder => path.StartsWith($"{folder}/", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_workflow_starts_the_containers_and_runs_the_script_of_the_sample()
    {
        var workflow = Read(".github/workflows/ci.yml");
        var job = Map(Map(workflow["jobs"])["compose"]);
        var steps = ((List<object>)job["steps"]).Select(Map);
        var text = string.Join('\n', steps.Select(static step => step.GetValueOrDefault("run") as string));

        Assert.Contains("SESSION_SECRET=", text, StringComparison.Ordinal);
        Assert.Contains($"docker compose -f {Sample}/compose.yaml up --detach --wait", text, StringComparison.Ordinal);
        Assert.Contains($"{Sample}/try.sh http://127.0.0.1:8080", text, StringComparison.Ordinal);
        Assert.All(
            ComposeFile().Matches(text).Select(static match => match.Groups["file"].Value),
            static file => Assert.True(File.Exists(Path.Combine(Tree.Root, file)), file)
        );
    }

    private static Dictionary<string, object> Read(string file)
    {
        // The parser that knows anchors and "<<".
        var parser = new MergingParser(new Parser(new StringReader(Tree.Read(file))));
        return Map(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(parser)!);
    }

    private static Dictionary<string, object> Map(object? value) =>
        value is Dictionary<object, object> map
            ? map.ToDictionary(static pair => (string)pair.Key, static pair => pair.Value, StringComparer.Ordinal)
            : [];

    private static IEnumerable<string> Texts(Dictionary<string, object> service, string key) =>
        service.TryGetValue(key, out var list) ? ((List<object>)list).Cast<string>() : [];

    [GeneratedRegex(@"(?<scheme>http|redis)://(?<host>[a-z-]+):(?<port>[0-9]+)")]
    private static partial Regex Address();

    [GeneratedRegex("(?:ProjectReference|Import|None|Compile) (?:Include|Project)=\"(?<path>\\.\\./[^\"*]+)\"")]
    private static partial Regex Include();

    [GeneratedRegex(@"-f (?<file>\S+)")]
    private static partial Regex ComposeFile();
}
