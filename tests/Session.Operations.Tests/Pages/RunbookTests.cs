using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using ServerSessions.Stores;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Operations.Tests.Pages;

/// <summary>The tables of docs/operations.md, held to the code.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operations.md"));

    private const string EveryStore = "every store";

    private static readonly (string From, Assembly Code)[] Sources =
    [
        ("middleware", typeof(ServerSession).Assembly),
        (EveryStore, typeof(PruneTimer).Assembly),
        ("File", typeof(FileSessionStore).Assembly),
        ("Memory", typeof(MemorySessionStore).Assembly),
        ("Mongo", typeof(MongoSessionStore).Assembly),
        ("MySql", typeof(MySqlSessionStore).Assembly),
        ("Postgres", typeof(PostgresSessionStore).Assembly),
        ("Redis", typeof(RedisSessionStore).Assembly),
        ("Sqlite", typeof(SqliteSessionStore).Assembly),
        ("Dashboard", typeof(SessionDashboardOptions).Assembly),
        ("OpenTelemetry", typeof(ServerSessionMeterProviderBuilderExtensions).Assembly),
    ];

    [Fact]
    public void Every_log_event_has_a_row_with_its_id_its_level_and_what_to_do()
    {
        var generated = LogEvents()
            .Select(static logged => $"{logged.From} {logged.Event.EventId} {logged.Event.EventName} {logged.Event.Level}");

        // The audit trail leaves out fields that an event does not have, which no generated message does.
        var there = generated.Append("middleware 70 SessionAudited Information");
        string[] rows =
        [
            .. RowsOf("Log events").Select(static row => $"{row[0]} {row[1]} {row[2].Trim('`')} {row[3]}"),
        ];
        Assert.Equal(there.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.All(RowsOf("Log events"), static row => Assert.NotEmpty(row[4]));
    }

    [Fact]
    public void No_store_gives_the_id_of_an_event_of_every_store_another_meaning()
    {
        var events = LogEvents().ToArray();
        var shared = events.Where(static logged => logged.From == EveryStore).Select(static logged => logged.Event.EventId).ToHashSet();
        Assert.NotEmpty(shared);
        Assert.DoesNotContain(
            events,
            logged => logged.From is not (EveryStore or "middleware" or "Dashboard" or "OpenTelemetry")
                && shared.Contains(logged.Event.EventId)
        );
    }

    [Fact]
    public void Every_metric_has_a_row_with_its_tags_and_what_is_normal()
    {
        var names = ConstantsOf(typeof(ServerSessionMetricNames));
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            RowsOf("Metrics").Select(static row => row[0].Trim('`')).Order(StringComparer.Ordinal)
        );
        string[] tags =
        [
            .. ConstantsOf(typeof(ServerSessionTagNames))
                .Select(static tag => tag.Replace("server_session.", "", StringComparison.Ordinal)),
        ];
        Assert.All(RowsOf("Metrics"), row =>
        {
            Assert.Empty(Code().Matches(row[2]).Select(static match => match.Groups[1].Value).Except(tags));
            Assert.NotEmpty(row[3]);
        });
    }

    [Fact]
    public void Every_span_has_a_row()
    {
        var rows = RowsOf("Spans").Select(static row => row[0]).ToArray();
        var names = ConstantsOf(typeof(ServerSessionActivityNames)).ToArray();
        Assert.Equal(names.Length, rows.Length);
        Assert.All(names, name => Assert.Contains(rows, row => row.Contains($"`{name}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_reason_of_the_health_check_has_a_row_with_its_status() =>
        Assert.Equal(
            Enum.GetValues<ServerSessionHealthReason>().Select(static reason => SnakeCase().Replace($"{reason}", "_$1").ToLowerInvariant()),
            RowsOf("Health reasons").Select(static row => row[0].Trim('`'))
        );

    [Fact]
    public void Every_event_of_sessions_and_every_reason_has_a_row_in_the_page_of_events()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "events.md"));
        string[] names =
        [
            .. typeof(IServerSessionEvents).GetMembers().Select(static member => member.Name.Replace("get_", "", StringComparison.Ordinal)),
            .. Enum.GetNames<SessionEndReason>(),
            .. Enum.GetNames<SessionRejection>(),
            .. Enum.GetNames<SessionExpiry>(),
        ];
        Assert.All(names, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    /// <summary>The rows of the first table under a heading, as cells.</summary>
    private static string[][] RowsOf(string heading)
    {
        var lines = Page.Split('\n').SkipWhile(line => line != $"### {heading}").Skip(1).ToArray();
        string[][] rows =
        [
            .. lines
                .SkipWhile(static line => !line.StartsWith('|'))
                .TakeWhile(static line => line.StartsWith('|'))
                .Skip(2)
                .Select(static line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)),
        ];
        Assert.NotEmpty(rows);
        return rows;
    }

    private static IEnumerable<(string From, LoggerMessageAttribute Event)> LogEvents() =>
        from source in Sources
        from type in source.Code.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let logged = method.GetCustomAttribute<LoggerMessageAttribute>()
        where logged is not null
        select (type.Name == "MoveLog" ? "Move" : source.From, logged);

    private static IEnumerable<string> ConstantsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (string)field.GetValue(null)!);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex SnakeCase();
}
