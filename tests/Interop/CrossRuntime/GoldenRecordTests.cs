using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Backends;
using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// What the packages of Node write today is what the files in tests/Interop/Golden hold, byte for byte; the tests of each store read those
/// files, with Node or without. With the environment variable <c>SESSION_UPDATE_GENERATED=1</c> the files are rewritten.
/// </summary>
public sealed class GoldenRecordTests(BothRuntimes runtimes)
{
    private const string Update = "SESSION_UPDATE_GENERATED";

    private static readonly DateTimeOffset Start = new DateTimeOffset(2099, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(250);

    // Redis tells how many whole seconds are left, and that is what was given as long as no second has passed.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(900);

    public static TheoryData<string, string, string[]> Files { get; } =
        new()
        {
            { "Redis", "redis", ["connect-redis", "redis"] },
            { "PostgreSQL", "postgres", ["connect-pg-simple", "pg"] },
            { "MySQL", "mysql", ["express-mysql-session", "mysql2"] },
            { "MongoDB, text", "mongo-text", ["connect-mongo", "mongodb"] },
            { "MongoDB, document", "mongo-document", ["connect-mongo", "mongodb"] },
            { "File", "file", ["session-file-store"] },
            { "SQLite", "sqlite", ["connect-sqlite3"] },
        };

    [Theory, MemberData(nameof(Files))]
    public async Task The_golden_records_are_what_the_packages_write(string backendName, string fileName, string[] packages)
    {
        var (backend, node) = await runtimes.OnAsync(backendName, nameof(GoldenRecordTests), nodeFirst: true);
        var versions = await runtimes.VersionsAsync();
        var text = new StringBuilder("{\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"  \"writtenBy\": \"{string.Join(", ", packages.Append("express-session").Select(name => $"{name} {versions[name]}"))}\",\n"
        );
        text.Append("  \"records\": [\n");
        text.AppendJoin(",\n", await LinesAsync(backend, node));
        text.Append("\n  ]\n}\n");

        var file = Path.Combine(NodeProcess.Folder("GoldenFolder"), fileName + ".json");
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            await File.WriteAllTextAsync(file, text.ToString());
        }

        Assert.Equal(await File.ReadAllTextAsync(file), text.ToString());
    }

    private static async Task<List<string>> LinesAsync(Backend backend, NodeStore node)
    {
        var lines = new List<string>();
        foreach (var session in GoldenSession.All)
        {
            var sid = $"golden-{lines.Count + 1}";
            string? line;
            do
            {
                line = await LineAsync(backend, node, session, sid);
            } while (line is null);
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>A record as one line; nothing where it took too long to be told exactly.</summary>
    private static async Task<string?> LineAsync(Backend backend, NodeStore node, GoldenSession golden, string sid)
    {
        var at = Start;
        var mark = await backend.MarkAsync();
        await node.WriteAsync(sid, at, golden.Cookie, golden.Case.JavaScript!);
        if (golden.Then is not null)
        {
            at = at.AddMilliseconds(10_100);
            mark = await backend.MarkAsync();
            await (golden.Then == "change" ? node.ChangeAsync(sid, at, "more", 1) : node.TouchAsync(sid, at));
        }

        var session = NodeView.Of(await node.ReadAsync(sid, at));
        var record = await backend.DumpAsync(sid, at, mark);
        if (session is null || record is null || record.Ends.Latest - record.Ends.Earliest > Quick)
        {
            return null;
        }

        var json = JsonSerializer.Serialize(
            new
            {
                name = golden.Name,
                at = Text(at),
                session,
                record = JsonDocument.Parse(record.Text).RootElement,
            },
            GoldenJson.Options
        );
        return "    " + json;
    }

    private static string Text(DateTimeOffset instant) => instant.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
