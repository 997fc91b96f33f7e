using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>The tables of docs/lifetimes.md, and the options that they are about.</summary>
internal static partial class LifetimesPage
{
    /// <summary>The options of each owner, and what registers it with nothing but what it needs.</summary>
    public static IReadOnlyDictionary<string, (Type Options, Action<IServerSessionBuilder> Register)> Owners { get; } =
        new Dictionary<string, (Type, Action<IServerSessionBuilder>)>
        {
            [""] = (typeof(ServerSessionOptions), static _ => { }),
            ["memory"] = (typeof(MemorySessionStoreOptions), static sessions => sessions.AddMemoryStore()),
            ["files"] = (typeof(FileSessionStoreOptions), static sessions => sessions.AddFileStore("sessions")),
            ["SQLite"] = (typeof(SqliteSessionStoreOptions), static sessions => sessions.AddSqliteStore("Data Source=:memory:")),
            ["Redis"] = (typeof(RedisSessionStoreOptions), static sessions => sessions.AddRedisStore("localhost:6379")),
            ["PostgreSQL"] = (typeof(PostgresSessionStoreOptions), static sessions =>
                sessions.AddPostgresStore("Host=localhost;Database=app")
            ),
            ["MySQL"] = (typeof(MySqlSessionStoreOptions), static sessions =>
                sessions.AddMySqlStore("Server=localhost;Database=app")
            ),
            ["MongoDB"] = (typeof(MongoSessionStoreOptions), static sessions => sessions.AddMongoStore("mongodb://localhost/app")),
        };

    /// <summary>The rows of the table whose header begins with these cells; each row as header and cell.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Table(params string[] header)
    {
        var lines = Tree.Read("docs/lifetimes.md").Split('\n');
        var at = Array.FindIndex(lines, line => Cells(line) is { Count: > 0 } cells && cells.Take(header.Length).SequenceEqual(header));
        Assert.True(at >= 0, $"No table begins with {string.Join(", ", header)}.");
        var columns = Cells(lines[at]);
        return
        [
            .. lines
                .Skip(at + 2)
                .TakeWhile(static line => line.StartsWith('|'))
                .Select(line => columns.Zip(Cells(line)).ToDictionary(static pair => pair.First, static pair => pair.Second)),
        ];
    }

    /// <summary>All rows about an option, of the middleware and of the stores, with the owner as <see cref="Owners"/> names it.</summary>
    public static IEnumerable<(string Owner, string Option, IReadOnlyDictionary<string, string> Row)> Options() =>
        Table("option", "what")
            .Select(static row => ("", row["option"].Trim('`'), row))
            .Concat(Table("store", "option").Select(static row => (row["store"], row["option"].Trim('`'), row)));

    /// <summary>
    /// A value as the page writes it: <c>none</c>, <c>infinite</c>, a duration, or a number. What follows a colon explains it.
    /// </summary>
    public static object? Value(string cell)
    {
        var text = cell.Split(':')[0].Trim();
        if (text is "none" or "infinite")
        {
            return text == "none" ? null : Timeout.InfiniteTimeSpan;
        }

        var match = Amount().Match(text);
        Assert.True(match.Success, $"'{cell}' is no value.");
        var number = double.Parse(match.Groups["number"].Value.Replace(" ", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "" => number,
            "millisecond" => TimeSpan.FromMilliseconds(number),
            "second" => TimeSpan.FromSeconds(number),
            "minute" => TimeSpan.FromMinutes(number),
            "hour" => TimeSpan.FromHours(number),
            "day" => TimeSpan.FromDays(number),
            var unit => throw new InvalidOperationException($"'{unit}' is no unit."),
        };
    }

    /// <summary>The options as the application gets them.</summary>
    /// <exception cref="OptionsValidationException">The validation refuses them.</exception>
    public static object Configured(string owner, Action<object>? set = null, Aal? level = null)
    {
        var (type, register) = Owners[owner];
        var services = new ServiceCollection();
        services.AddLogging();
        var sessions = services.AddServerSessions(static options => options.Secret = "3vQ9xLm2Zt7Kp1Rd8Wy4Bn6Hc5Jf0Gs+/TuXoYeIaM=");
        register(sessions);
        if (level is { } given)
        {
            sessions.UseStrictDefaults(given);
        }

        return typeof(LifetimesPage)
            .GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [services, set], null)!;
    }

    public static object? Get(object options, string path) =>
        path.Split('.').Aggregate((object?)options, static (from, name) => from!.GetType().GetProperty(name)!.GetValue(from));

    public static void Set(object options, string path, object value)
    {
        var names = path.Split('.');
        var owner = names[..^1].Aggregate(options, static (from, name) => from.GetType().GetProperty(name)!.GetValue(from)!);
        var property = owner.GetType().GetProperty(names[^1])!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        property.SetValue(owner, value is double number ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : value);
    }

    private static object Read<TOptions>(IServiceCollection services, Action<object>? set)
        where TOptions : class
    {
        services.PostConfigure<TOptions>(options => set?.Invoke(options));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TOptions>>().Value;
    }

    private static List<string> Cells(string line) =>
        line.StartsWith('|') ? [.. line.Trim('|').Split('|').Select(static cell => cell.Trim())] : [];

    [GeneratedRegex(@"^(?<number>\d[\d ]*(\.\d+)?)( ?(?<unit>millisecond|second|minute|hour|day)s?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Amount();
}
