using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Trust.Tests;

/// <summary>
/// Every enum and every number among the options of every store is validated: one that is added later fails here until it is.
/// </summary>
public sealed class StoreOptionRangeTests
{
    public static TheoryData<string> Stores =>
        [
            "memory:",
            "sqlite:sessions.db",
            "file:sessions",
            "redis://localhost",
            "postgres://u:p@localhost/d",
            "mysql://u:p@localhost/d",
            "mongodb://localhost/d",
        ];

    [Theory]
    [MemberData(nameof(Stores))]
    public void A_value_that_an_enum_does_not_have_and_a_number_below_its_range_are_refused(string url)
    {
        var options = OptionsOf(url);
        Assert.Null(RefusalOf(url, options, static _ => { }));
        var tried = 0;
        foreach (
            var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite)
        )
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            object[] wrong =
                type.IsEnum ? [Enum.ToObject(type, -1), Enum.ToObject(type, 99)]
                : type == typeof(TimeSpan) ? [TimeSpan.MinValue, TimeSpan.FromSeconds(-5)]
                : type == typeof(int) ? [int.MinValue, -2]
                : type == typeof(long) ? [long.MinValue, -2L]
                : [];
            foreach (var value in wrong)
            {
                var refusal = RefusalOf(url, options, store => property.SetValue(store, value));
                Assert.True(
                    refusal?.Message.Contains(property.Name, StringComparison.Ordinal) == true,
                    $"{options.Name}.{property.Name} = {value} was accepted."
                );
                tried++;
            }
        }

        Assert.True(tried > 0);
    }

    private static Type OptionsOf(string url)
    {
        var services = new ServiceCollection();
        services.AddServerSessions().AddStoreFromUrl(url);
        return Assert.Single(
            services
                .Where(static service =>
                    service.ServiceType.IsGenericType && service.ServiceType.GetGenericTypeDefinition() == typeof(IValidateOptions<>)
                )
                .Select(static service => service.ServiceType.GetGenericArguments()[0])
                .Distinct(),
            type =>
                type.Name.EndsWith("SessionStoreOptions", StringComparison.Ordinal)
                && (url == "memory:" || !type.Name.StartsWith("Memory", StringComparison.Ordinal))
        );
    }

    private static OptionsValidationException? RefusalOf(string url, Type options, Action<object> configure)
    {
        var method = typeof(StoreOptionRangeTests)
            .GetMethod(nameof(Validate), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(options);
        try
        {
            method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [url, configure], null);
            return null;
        }
        catch (OptionsValidationException refusal)
        {
            return refusal;
        }
    }

    private static void Validate<TOptions>(string url, Action<object> configure)
        where TOptions : class
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddServerSessions().AddStoreFromUrl(url);
        services.PostConfigure<TOptions>(configure);
        using var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<TOptions>>().Value;
    }
}
