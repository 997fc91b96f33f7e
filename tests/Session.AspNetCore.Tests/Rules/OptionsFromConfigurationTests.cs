using Microsoft.Extensions.Configuration;

namespace ServerSessions.Tests.Rules;

/// <summary>What the package's README says of appsettings.json.</summary>
public sealed class OptionsFromConfigurationTests
{
    private static readonly Dictionary<string, string?> Values = new(StringComparer.Ordinal)
    {
        ["Cookie:Name"] = "id", ["Secret"] = "a secret", ["PreviousSecrets:0"] = "the one before", ["FirstCookieOnly"] = "true", ["EnforceCookieRules"] = "false", ["Proxy"] = "true",
        ["Resave"] = "true", ["SaveUninitialized"] = "true", ["Rolling"] = "true", ["Unset"] = "Destroy", ["ParallelWrites"] = "LastWriteWins", ["WhenDisconnected"] = "ContinueWithoutSession",
        ["WhenLoadFails"] = "Throw", ["WhenSaveFails"] = "Continue", ["AllowNewIdAfterResponseStart"] = "true", ["OperationTimeout"] = "00:00:05", ["PruneInterval"] = "00:10:00", ["PruneBatch"] = "50",
        ["IdleTimeout"] = "00:30:00", ["AbsoluteTimeout"] = "1.00:00:00", ["TouchThrottle"] = "0.1", ["TouchOnRead"] = "Always", ["ClearCookieOnDestroy"] = "false",
        ["ProtectFromCaches"] = "false", ["HashSessionIds"] = "true", ["MaxSessionBytes"] = "1000", ["MaxKeys"] = "10", ["MaxKeyLength"] = "20", ["SerializerOptions:MaxDepth"] = "32",
        ["Cookie:MaxAge"] = "00:30:00", ["Cookie:Expires"] = "2030-01-01T00:00:00Z", ["Cookie:Path"] = "/app", ["Cookie:Domain"] = "example.org", ["Cookie:HttpOnly"] = "false",
        ["Cookie:Secure"] = "Always", ["Cookie:SameSite"] = "Strict", ["Cookie:Priority"] = "High", ["Cookie:Partitioned"] = "true",

        // AddStoreFromConfiguration reads it; it stands beside the options.
        ["Store"] = "memory:",
    };

    [Fact]
    public void Every_option_that_is_a_value_comes_from_the_configuration()
    {
        var (plain, bound) = (new ServerSessionOptions(), Bind(Values));

        Assert.Empty(Same(plain, bound).Concat(Same(plain.Cookie, bound.Cookie)));
        Assert.Equal(["the one before"], bound.PreviousSecrets);
        Assert.Equal(32, bound.SerializerOptions.MaxDepth);
        Assert.Null(bound.Store);
    }

    [Fact]
    public void A_number_alone_is_that_many_days() =>
        Assert.Equal(TimeSpan.FromDays(30), Bind(new Dictionary<string, string?> { ["IdleTimeout"] = "30" }).IdleTimeout);

    [Fact]
    public void A_value_that_cannot_be_converted_is_named_with_its_key()
    {
        var error = Assert.Throws<InvalidOperationException>(static () => Bind(new Dictionary<string, string?> { ["Unset"] = "Nope" }));

        Assert.Contains("'ServerSessions:Unset'", error.Message, StringComparison.Ordinal);
    }

    private static ServerSessionOptions Bind(Dictionary<string, string?> values)
    {
        var options = new ServerSessionOptions();
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(static pair => KeyValuePair.Create("ServerSessions:" + pair.Key, pair.Value))).Build().GetSection("ServerSessions").Bind(options);
        return options;
    }

    private static IEnumerable<string> Same<T>(T one, T other) => typeof(T).GetProperties()
        .Where(static property => IsValue(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))
        .Where(property => Equals(property.GetValue(one), property.GetValue(other)))
        .Select(static property => property.Name);

    private static bool IsValue(Type type) => type.IsValueType || type == typeof(string);
}
