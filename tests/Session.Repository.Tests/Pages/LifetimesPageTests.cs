using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>docs/lifetimes.md has every duration and every limit, and says of each what the code says.</summary>
public sealed class LifetimesPageTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    // A number that is a name.
    private static readonly string[] Names = ["Redis Database"];

    [Fact]
    public void Every_option_that_is_a_duration_or_a_number_has_a_row()
    {
        var there = LifetimesPage
            .Owners.SelectMany(static owner => Numbers(owner.Value.Options).Select(name => $"{owner.Key} {name}"))
            .Concat(Numbers(typeof(SessionCookieOptions)).Select(static name => $" Cookie.{name}"))
            .Except(Names);
        var listed = LifetimesPage.Options().Select(static row => $"{row.Owner} {row.Option}").ToList();

        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_default_is_that_of_the_options() =>
        Assert.Empty(
            from row in LifetimesPage.Options()
            let option = LifetimesPage.Get(LifetimesPage.Configured(row.Owner), row.Option)
            where !IsSame(LifetimesPage.Value(row.Row["default"]), option)
            select $"{row.Owner} {row.Option}: {row.Row["default"]}, and the option is {option ?? "null"}"
        );

    [Theory]
    [InlineData(Aal.One)]
    [InlineData(Aal.Two)]
    [InlineData(Aal.Three)]
    public void Every_preset_is_what_UseStrictDefaults_sets(Aal level)
    {
        var options = LifetimesPage.Configured("", level: level);

        Assert.Empty(
            from row in LifetimesPage.Table("option", "what")
            let cell = row[$"`Aal.{level}`"]
            let option = LifetimesPage.Get(options, row["option"].Trim('`'))
            where !IsSame(LifetimesPage.Value(cell), option)
            select $"{row["option"]}: {cell}, and the option is {option ?? "null"}"
        );
    }

    [Theory]
    [InlineData("AAL1", Aal.One)]
    [InlineData("AAL2", Aal.Two)]
    [InlineData("AAL3", Aal.Three)]
    public void No_preset_is_longer_than_the_standard_says(string name, Aal level)
    {
        var options = (ServerSessionOptions)LifetimesPage.Configured("", level: level);
        var row = Assert.Single(LifetimesPage.Table("level", "in any case"), row => row["level"] == name);

        Assert.Equal($"`Aal.{level}`", row["preset"]);
        Assert.True(options.AbsoluteTimeout <= (TimeSpan)LifetimesPage.Value(row["in any case"].Split('(')[0])!);
        Assert.True(
            row["without activity"] == "not required"
                || options.IdleTimeout <= (TimeSpan)LifetimesPage.Value(row["without activity"].Split('(')[0])!
        );
    }

    [Fact]
    public void Of_every_range_the_ends_are_accepted_and_what_lies_beyond_is_refused()
    {
        foreach (var (owner, option, row) in LifetimesPage.Options().Where(static row => row.Option != "Cookie.Expires"))
        {
            var (accepted, refused) = Range(row["range"], LifetimesPage.Owners[owner].Options, option);
            Assert.NotEmpty(accepted);
            Assert.All(accepted, value => Assert.Null(Record.Exception(() => Validate(owner, option, value))));
            Assert.All(refused, value => Assert.IsType<OptionsValidationException>(Record.Exception(() => Validate(owner, option, value))));
        }
    }

    [Fact]
    public void What_no_option_changes_is_what_the_code_has() =>
        Assert.Empty(
            from row in LifetimesPage.Table("what", "value", "in code")
            let field = FieldOf(row["in code"].Trim('`'))
            where
                !IsSame(
                    LifetimesPage.Value(row["value"]),
                    field is string seconds ? TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) : field
                )
            select $"{row["in code"]}: {row["value"]}, and the code has {field ?? "no such field"}"
        );

    [Fact]
    public void Every_duration_in_the_code_stands_on_the_page()
    {
        var listed = LifetimesPage.Table("what", "value", "in code").Select(static row => row["in code"].Trim('`')).ToHashSet();
        var missing =
            from type in Types()
            where !type.Name.StartsWith('<')
            // Ends of ranges, which stand in the column of that name.
            where !type.Name.EndsWith("Rules", StringComparison.Ordinal) && !type.Name.EndsWith("Validator", StringComparison.Ordinal)
            from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            where field.FieldType == typeof(TimeSpan)
            let name = $"{type.Name}.{field.Name}"
            where !listed.Contains(name)
            select name;

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Numbers(Type options) =>
        from property in options.GetProperties()
        let type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
        where
            property.CanWrite
            && (
                type == typeof(TimeSpan)
                || type == typeof(DateTimeOffset)
                || type == typeof(int)
                || type == typeof(long)
                || type == typeof(double)
            )
        select property.Name;

    private static bool IsSame(object? listed, object? option) =>
        listed is double number
            ? option is not null and not TimeSpan && Convert.ToDouble(option, CultureInfo.InvariantCulture) == number
            : Equals(listed, option);

    /// <summary>What a range accepts at its ends, and the values next to them that it refuses.</summary>
    private static (object[] Accepted, object[] Refused) Range(string range, Type options, string option)
    {
        var isSpan =
            option == "Cookie.MaxAge"
            || (
                options.GetProperty(option) is { } property
                && (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan)
            );
        switch (range)
        {
            case "more than zero":
                return ([Tick, TimeSpan.FromDays(1000)], [TimeSpan.Zero, -Tick]);
            case "zero or more":
                return ([TimeSpan.Zero, TimeSpan.FromDays(1000)], [-Tick]);
            case "0 up to, not including, 1":
                return ([0d, Math.BitDecrement(1)], [Math.BitDecrement(0), 1d]);
        }

        if (range.EndsWith(" or more", StringComparison.Ordinal))
        {
            var least = (double)LifetimesPage.Value(range[..^" or more".Length])!;
            return ([least, (double)int.MaxValue], [least - 1]);
        }

        var ends = range.Replace(", or infinite", "", StringComparison.Ordinal).Split(" to ");
        var (low, high) = (LifetimesPage.Value(ends[0])!, LifetimesPage.Value(ends[1])!);
        if (!isSpan)
        {
            return ([low, high], [(double)low - 1, (double)high + 1]);
        }

        object[] beyond = [(TimeSpan)low - Tick, (TimeSpan)high + Tick];
        return range.EndsWith(", or infinite", StringComparison.Ordinal)
            ? ([low, high, Timeout.InfiniteTimeSpan], beyond)
            : ([low, high], [.. beyond, Timeout.InfiniteTimeSpan]);
    }

    private static void Validate(string owner, string option, object value) =>
        LifetimesPage.Configured(owner, options => LifetimesPage.Set(options, option, value));

    private static object? FieldOf(string name)
    {
        var (type, field) = (name.Split('.')[0], name.Split('.')[1]);
        return Types()
            .Where(candidate => candidate.Name == type)
            .Select(candidate => candidate.GetField(field, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .FirstOrDefault(static found => found is not null)
            ?.GetValue(null);
    }

    private static IEnumerable<Type> Types() =>
        LifetimesPage
            .Owners.Values.Select(static owner => owner.Options.Assembly)
            .Append(typeof(ISessionStore).Assembly)
            .Append(typeof(SessionStore).Assembly)
            .Distinct()
            .SelectMany(static assembly => assembly.GetTypes());
}
