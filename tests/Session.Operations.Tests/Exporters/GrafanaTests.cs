using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>The dashboard and the alerts, held to what the Prometheus exporter shows.</summary>
[Collection(nameof(Alone))]
public sealed partial class GrafanaTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "grafana");

    private static string Dashboard => File.ReadAllText(Path.Combine(Folder, "server-sessions.json"));

    private static string Alerts => File.ReadAllText(Path.Combine(Folder, "server-sessions-alerts.yml"));

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_of_the_alerts_is_exported_and_every_exported_metric_is_on_the_dashboard()
    {
        var exported = await ScrapedApp.ScrapeAsync(TestContext.Current.CancellationToken);
        using var dashboard = JsonDocument.Parse(Dashboard);
        string[] shown = [.. ExpressionsOf(dashboard.RootElement).SelectMany(MetricsOf).Distinct()];
        string[] alerted = [.. Expression().Matches(Alerts).SelectMany(static match => MetricsOf(match.Value)).Distinct()];

        Assert.True(shown.Length > 15 && alerted.Length > 6);
        Assert.Empty(shown.Except(exported));
        Assert.Empty(alerted.Except(exported));

        var families = shown.Select(FamilyOf).ToHashSet();
        Assert.Empty(exported.Select(FamilyOf).Distinct().Except(families));
        Assert.Equal(NamesOfInstruments().Count(), families.Count);
    }

    [Fact]
    public void The_dashboard_has_a_stable_uid_takes_any_data_source_and_has_a_row_for_each_question()
    {
        using var document = JsonDocument.Parse(Dashboard);
        var dashboard = document.RootElement;
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToArray();

        Assert.Equal("server-sessions", dashboard.GetProperty("uid").GetString());
        Assert.Equal(JsonValueKind.Null, dashboard.GetProperty("id").ValueKind);
        Assert.Equal("DS_PROMETHEUS", dashboard.GetProperty("__inputs")[0].GetProperty("name").GetString());
        Assert.Equal(
            ["Are people signed in?", "Is the store well?", "Is anything lost?", "Is it kept tidy?", "Is the move going?"],
            panels
                .Where(static panel => panel.GetProperty("type").GetString() == "row")
                .Select(static row => row.GetProperty("title").GetString())
        );
        Assert.All(panels.Where(static panel => panel.TryGetProperty("targets", out _)), static panel =>
            Assert.Equal("${DS_PROMETHEUS}", panel.GetProperty("datasource").GetProperty("uid").GetString())
        );
        Assert.Equal(panels.Length, panels.Select(static panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    [Fact]
    public void Every_alert_names_a_section_of_the_runbook()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operations.md"));
        string[] anchors = [.. Heading().Matches(page).Select(static match => AnchorOf(match.Groups[1].Value))];
        string[] named = [.. Runbook().Matches(Alerts).Select(static match => match.Groups[1].Value)];

        Assert.Equal(Regex.Count(Alerts, "- alert:"), named.Length);
        Assert.Empty(named.Except(anchors));
    }

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string AnchorOf(string heading) =>
        new([
            .. heading
                .ToLowerInvariant()
                .Where(static letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
                .Select(static letter => letter == ' ' ? '-' : letter),
        ]);

    private static IEnumerable<string> ExpressionsOf(JsonElement dashboard) =>
        dashboard
            .GetProperty("panels")
            .EnumerateArray()
            .Where(static panel => panel.TryGetProperty("targets", out _))
            .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
            .Select(static target => target.GetProperty("expr").GetString()!);

    /// <summary>The metrics in an expression: names in front of a selector or a range.</summary>
    private static IEnumerable<string> MetricsOf(string expression) =>
        Metric().Matches(expression).Select(static match => match.Groups[1].Value);

    /// <summary>The instrument of a sample, as Prometheus names it.</summary>
    private static string FamilyOf(string sample) => Regex.Replace(sample, "_(bucket|sum|count|total)$", "");

    private static IEnumerable<string> NamesOfInstruments() =>
        typeof(ServerSessionMetricNames)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => (string)field.GetValue(null)!);

    [GeneratedRegex(@"(server_session_[a-z_]+)(?=[{\[])")]
    private static partial Regex Metric();

    [GeneratedRegex("^ +expr: .*$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"runbook_url: .*docs/operations\.md#(\S+)")]
    private static partial Regex Runbook();
}
