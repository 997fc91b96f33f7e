using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Repository.Tests.Stores;

/// <summary>
/// Every option that a text can say is a key of the configuration, and stands with its default in the table of its backend's page.
/// </summary>
public sealed class StoreConfigurationTests
{
    private const string Secret = "hunter2";

    public static TheoryData<string> Names => StoreKind.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_of_a_store_lists_every_option_with_its_type_and_its_default(string name)
    {
        var kind = StoreKind.Of(name);
        var defaults = Activator.CreateInstance(kind.Options)!;

        Assert.Equal(
            kind.Properties.Select(property =>
                (property.Name, TypeOf(property.PropertyType), StoreKind.Print(property.GetValue(defaults)))
            ),
            RowsOf(name).Select(static row => (row.Key, row.Type, row.Default))
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_with_a_text_is_bound_and_a_default_as_the_page_prints_it_is_the_default(string name)
    {
        var kind = StoreKind.Of(name);
        var defaults = kind.ValidOptions();
        var printed = RowsOf(name)
            .Where(row => kind.Bindable.Any(property => property.Name == row.Key))
            .ToDictionary(static row => row.Key, static row => (string?)row.Default);
        if (kind.Place is { } place)
        {
            printed[place.Key] = place.Value;
        }

        AssertEqual(defaults, kind.Bind(printed.Where(static setting => setting.Value!.Length > 0)));

        foreach (var property in kind.Bindable)
        {
            var other = Other(property.PropertyType, property.GetValue(defaults), property.Name);
            var settings = new Dictionary<string, string?>(
                printed.Where(static setting => setting.Value!.Length > 0),
                StringComparer.OrdinalIgnoreCase
            )
            {
                [property.Name.ToLowerInvariant()] = StoreKind.Print(other),
            };
            Assert.Equal(other, property.GetValue(kind.Bind(settings)));
        }

        void AssertEqual(object expected, object bound) =>
            Assert.All(kind.Properties, property => Assert.Equal(property.GetValue(expected), property.GetValue(bound)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_unknown_key_is_refused_by_name_and_never_with_its_value(string name)
    {
        var kind = StoreKind.Of(name);
        string[] wrong = [.. kind.Properties.Except(kind.Bindable).Select(static property => property.Name), "Pasword"];
        foreach (var key in wrong)
        {
            var error = Assert.Throws<OptionsValidationException>(() => kind.Bind([KeyValuePair.Create(key, (string?)Secret)]));
            Assert.Contains(
                $"The configuration section 'Sessions:Store' has keys that {kind.Options.Name} does not take: '{key}'. It takes ",
                error.Message,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_of_the_wrong_type_is_refused_by_its_key_and_never_shown_and_all_faults_at_once(string name)
    {
        var kind = StoreKind.Of(name);
        var wrong = kind
            .Bindable.Where(static property => property.PropertyType != typeof(string))
            .Select(static property => property.Name)
            .ToArray();
        var error = Assert.Throws<OptionsValidationException>(() =>
            kind.Bind(wrong.Select(static key => KeyValuePair.Create(key, (string?)Secret)))
        );

        Assert.Equal(wrong.Length, error.Failures.Count());
        Assert.All(wrong, key => Assert.Contains($"'Sessions:Store:{key}' must be ", error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_in_place_of_the_section_is_refused_and_never_shown(string name)
    {
        var kind = StoreKind.Of(name);
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Sessions:Store", (string?)Secret)])
            .Build()
            .GetSection("Sessions:Store");
        var error = Assert.Throws<OptionsValidationException>(() => kind.Read(kind.Add(new ServiceCollection(), section)));

        Assert.Contains(
            $"The configuration section 'Sessions:Store' must hold the keys of {kind.Options.Name}, and is a text.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("1.5")]
    [InlineData("")]
    public void A_duration_without_colons_which_would_count_days_is_refused(string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            StoreKind.Of("Memory").Bind([KeyValuePair.Create("DefaultLifetime", (string?)value)])
        );
        Assert.Contains(
            "'Sessions:Store:DefaultLifetime' must be a duration with colons, such as 00:00:30 or 1.00:00:00.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static object Other(Type type, object? value, string name)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(bool) ? value is not true
            : inner == typeof(int) ? (int)value! + 1
            : inner == typeof(long) ? (long)value! + 1
            : inner == typeof(TimeSpan) ? TimeSpan.FromSeconds(7)
            : inner.IsEnum ? Enum.GetValues(inner).Cast<object>().First(other => !other.Equals(value))
            : name switch
            {
                "ConnectionString" => $"{value}",
                "TimeZone" => "Europe/Berlin",
                _ => "other",
            };
    }

    private static string TypeOf(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(string) ? "text"
            : inner == typeof(bool) ? "boolean"
            : inner == typeof(int) || inner == typeof(long) ? "number"
            : inner == typeof(TimeSpan) ? "duration"
            : inner.IsEnum ? string.Join(", ", Enum.GetNames(inner).Select(static name => $"`{name}`"))
            : $"code: `{inner.Name}`";
    }

    private static IEnumerable<(string Key, string Type, string Default)> RowsOf(string name)
    {
        var lines = Tree.Read(string.Create(CultureInfo.InvariantCulture, $"src/Session.Stores.{name}/README.md")).Split('\n').ToList();
        var head = lines.IndexOf("| key | type | range | default | meaning |");
        Assert.True(head >= 0, $"{name}: no table of keys.");
        return lines
            .Skip(head + 2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line =>
            {
                var cells = line.Split('|').Select(static cell => cell.Trim()).ToArray();
                Assert.Equal(7, cells.Length);
                Assert.NotEmpty(cells[3]);
                Assert.NotEmpty(cells[5]);
                return (cells[1].Trim('`'), cells[2], cells[4] == "none" ? "" : cells[4].Trim('`'));
            });
    }
}
