using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Rules;

/// <summary>Every enum and every number among the options is validated: one that is added later fails here until it is.</summary>
public sealed class OptionRangeTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static TheoryData<string> Enums => [.. Properties(static type => type.IsEnum)];

    public static TheoryData<string> Numbers =>
        [
            .. Properties(static type =>
                type == typeof(TimeSpan) || type == typeof(DateTimeOffset) || (type.IsPrimitive && type != typeof(bool))
            ),
        ];

    [Theory]
    [MemberData(nameof(Enums))]
    public void A_value_that_an_enum_does_not_have_is_refused(string option)
    {
        Assert.True(IsAccepted(static _ => { }));
        // SameSiteMode has a -1; of values that can be combined the first bit that has no name.
        var type = PropertyOf(option).Type;
        var next = type.IsDefined(typeof(FlagsAttribute), inherit: false) ? 2 * Enum.GetValues(type).Cast<int>().Max() : 7;
        foreach (
            var number in ((int[])[-2, -1, next, int.MaxValue]).Where(number =>
                type.IsDefined(typeof(FlagsAttribute), inherit: false) || !Enum.IsDefined(type, number)
            )
        )
        {
            Assert.False(IsAccepted(options => Assign(options, option, number)), $"{option} = {number}");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_out_of_its_range_is_refused(string option)
    {
        foreach (var value in Extremes(option))
        {
            Assert.False(IsAccepted(options => Assign(options, option, value)), $"{option} = {value}");
        }
    }

    [Theory]
    [InlineData("Cookie:MaxAge", "3600")]
    [InlineData("Cookie:MaxAge", "0")]
    [InlineData("Cookie:MaxAge", "-1")]
    [InlineData("Cookie:Expires", "2001-01-01T00:00:00Z")]
    [InlineData("WhenLoadFails", "7")]
    [InlineData("ParallelWrites", "7")]
    [InlineData("Cookie:SameSite", "99")]
    [InlineData("Cookie:Secure", "99")]
    [InlineData("Cookie:Priority", "99")]
    public void The_same_from_configuration_is_refused_with_the_option_named(string key, string value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Secret"] = TestApp.Secret, [key] = value })
            .Build();

        var error = Assert.Throws<OptionsValidationException>(() =>
            Validate(new ServiceCollection().AddLogging().AddServerSessions(configuration))
        );

        Assert.Contains(key.Replace(':', '.'), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_accepted()
    {
        Assert.True(IsAccepted(static options => options.Cookie.MaxAge = TimeSpan.FromSeconds(1)));
        Assert.True(IsAccepted(static options => options.Cookie.MaxAge = TimeSpan.FromDays(400)));
        Assert.True(IsAccepted(static options => options.Cookie.Expires = TimeProvider.System.GetUtcNow() + Year));
        Assert.True(IsAccepted(static options => (options.Cookie.SameSiteAuto, options.Cookie.Secure) = (true, SessionCookieSecure.Auto)));
        Assert.False(
            IsAccepted(static options => (options.Cookie.SameSiteAuto, options.Cookie.Secure) = (true, SessionCookieSecure.Never))
        );
    }

    [Theory]
    [InlineData(SameSiteMode.Strict)]
    [InlineData(SameSiteMode.None)]
    [InlineData(SameSiteMode.Unspecified)]
    public void SameSiteAuto_beside_a_SameSite_that_says_something_else_is_refused(SameSiteMode sameSite) =>
        Assert.False(
            IsAccepted(options =>
                (options.Cookie.SameSite, options.Cookie.SameSiteAuto, options.Cookie.Secure) = (sameSite, true, SessionCookieSecure.Always)
            )
        );

    [Theory]
    [InlineData("Cookie.Secure")]
    [InlineData("Cookie.SameSite")]
    [InlineData("Cookie.Priority")]
    public void A_value_that_an_enum_does_not_have_is_refused_without_cookie_rules_too(string option) =>
        Assert.False(
            IsAccepted(options =>
            {
                options.EnforceCookieRules = false;
                Assign(options, option, 7);
            })
        );

    private static IEnumerable<object> Extremes(string option) =>
        PropertyOf(option).Type switch
        {
            // Timeout.InfiniteTimeSpan, one of the options' words, is -1 ms.
            var type when type == typeof(TimeSpan) =>
            [
                TimeSpan.MinValue,
                TimeSpan.FromSeconds(-5),
                TimeSpan.Zero,
                TimeSpan.MaxValue,
                10 * Year,
            ],
            var type when type == typeof(DateTimeOffset) => [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue],
            var type when type == typeof(double) => [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -0.5, 2d],
            // Of a limit the greatest number is one of the options' words: no limit.
            _ when option
                    is nameof(ServerSessionOptions.MaxSessionBytes)
                        or nameof(ServerSessionOptions.MaxKeys)
                        or nameof(ServerSessionOptions.MaxKeyLength) => [-1, int.MinValue, 0],
            _ => [-1, int.MinValue, int.MaxValue],
        };

    private static IEnumerable<string> Properties(Func<Type, bool> isWanted) =>
        from place in new[] { (Prefix: "", Type: typeof(ServerSessionOptions)), (Prefix: "Cookie.", Type: typeof(SessionCookieOptions)) }
        from property in place.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.CanWrite && isWanted(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
        select place.Prefix + property.Name;

    private static (PropertyInfo Property, Type Type) PropertyOf(string option)
    {
        var type = option.StartsWith("Cookie.", StringComparison.Ordinal) ? typeof(SessionCookieOptions) : typeof(ServerSessionOptions);
        var property = type.GetProperty(option.Split('.')[^1])!;
        return (property, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
    }

    private static void Assign(ServerSessionOptions options, string option, object value)
    {
        var (property, type) = PropertyOf(option);
        property.SetValue(
            option.StartsWith("Cookie.", StringComparison.Ordinal) ? options.Cookie : options,
            type.IsEnum ? Enum.ToObject(type, value)
                : type.IsPrimitive ? Convert.ChangeType(value, type, null)
                : value
        );
    }

    private static bool IsAccepted(Action<ServerSessionOptions> configure) => Record.Exception(() => Validate(configure)) is null;

    private static void Validate(Action<ServerSessionOptions> configure)
    {
        Validate(
            new ServiceCollection()
                .AddLogging()
                .AddServerSessions(options =>
                {
                    options.Secret = TestApp.Secret;
                    configure(options);
                })
        );
    }

    private static void Validate(IServerSessionBuilder sessions)
    {
        using var provider = sessions.Services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<ServerSessionOptions>>().Value;
    }
}
