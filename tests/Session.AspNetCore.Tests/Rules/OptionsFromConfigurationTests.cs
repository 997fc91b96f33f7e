using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Rules;

/// <summary>What the package's README says of appsettings.json.</summary>
public sealed class OptionsFromConfigurationTests
{
    private const string Canary = "canary-in-a-value";

    private static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(static i => (byte)i)]);
    private static readonly string FormerKey = Convert.ToBase64String([.. Enumerable.Range(2, 32).Select(static i => (byte)i)]);

    // No value is the default of its option.
    private static readonly Dictionary<string, string?> Values = new(StringComparer.Ordinal)
    {
        ["Secret"] = TestApp.Secret,
        ["PreviousSecrets:0"] = "the one before",
        ["FirstCookieOnly"] = "true",
        ["EnforceCookieRules"] = "false",
        ["Proxy"] = "ConnectionOnly",
        ["Resave"] = "true",
        ["SaveUninitialized"] = "true",
        ["Rolling"] = "true",
        ["Unset"] = "Destroy",
        ["ParallelWrites"] = "LastWriteWins",
        ["WhenDisconnected"] = "ContinueWithoutSession",
        ["WhenLoadFails"] = "Throw",
        ["WhenSaveFails"] = "Continue",
        ["AllowNewIdAfterResponseStart"] = "true",
        ["YieldToForeignCookie"] = "false",
        ["RenewCookieOfGoneSession"] = "true",
        ["OperationTimeout"] = "00:00:05",
        ["PruneInterval"] = "00:10:00",
        ["ConnectionCheckInterval"] = "00:01:00",
        ["PruneBatch"] = "50",
        ["IdleTimeout"] = "00:30:00",
        ["AbsoluteTimeout"] = "1.00:00:00",
        ["TouchThrottle"] = "0.1",
        ["TouchOnRead"] = "Always",
        ["ClearCookieOnDestroy"] = "false",
        ["CacheProtection"] = "NoStore",
        ["ClearSiteDataOnDestroy"] = "Cache, Storage",
        ["WhenMissing"] = "Forbidden",
        ["CrossSite"] = "WithoutSession",
        ["TrustedOrigins:0"] = "https://app.example.org",
        ["Cookie:SendMaxAge"] = "true",
        ["MaxSessionBytes"] = "2000",
        ["MaxKeys"] = "10",
        ["MaxKeyLength"] = "20",
        ["Protection:HashIds"] = "true",
        ["Protection:Key"] = Key,
        ["Protection:PreviousKeys:0"] = FormerKey,
        ["Cookie:Name"] = "id",
        ["Cookie:MaxAge"] = "00:30:00",
        ["Cookie:Expires"] = "2030-01-01T00:00:00Z",
        ["Cookie:Path"] = "/app",
        ["Cookie:Domain"] = "example.org",
        ["Cookie:HttpOnly"] = "false",
        ["Cookie:Secure"] = "Always",
        ["Cookie:SameSite"] = "Strict",
        ["Cookie:SameSiteAuto"] = "true",
        ["Cookie:Priority"] = "High",
        ["Cookie:Partitioned"] = "true",

        // AddStoreFromConfiguration reads it; it stands beside the options.
        ["Store"] = "memory:",
    };

    // Refused beside AbsoluteTimeout.
    private static readonly Dictionary<string, string?> Apart = new(StringComparer.Ordinal)
    {
        ["Secret"] = TestApp.Secret,
        ["AllowReservedKeys"] = "true",
    };

    public static TheoryData<string> Ranges =>
        [.. OptionKey.Documented.Where(static key => key.Type is "duration" or "number").Select(static key => key.Key)];

    [Fact]
    public void The_table_of_keys_is_the_options_with_their_types_choices_and_defaults()
    {
        var options = OptionKey.Options(new ServerSessionOptions()).OrderBy(static option => option.Key, StringComparer.Ordinal).ToList();
        var documented = OptionKey
            .Documented.Where(static key => key.Key != "Store")
            .OrderBy(static key => key.Key, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(
            options.Select(static option =>
                (option.Key, OptionKey.Name(option.Property.PropertyType), OptionKey.Text(option.Property.GetValue(option.Of)))
            ),
            documented.Select(static key => (key.Key, key.Type, key.Default))
        );
        Assert.All(options.Zip(documented), static pair =>
        {
            var type = Nullable.GetUnderlyingType(pair.First.Property.PropertyType) ?? pair.First.Property.PropertyType;
            Assert.True(!type.IsEnum || Enum.GetNames(type).ToHashSet().SetEquals(pair.Second.Values), pair.Second.Key);
        });
    }

    [Fact]
    public void Every_key_of_the_table_sets_its_option()
    {
        var (plain, bound) = (new ServerSessionOptions(), Bind(Values));

        Assert.Equal(
            OptionKey.Documented.Select(static key => key.Key).Order(StringComparer.Ordinal),
            Values
                .Keys.Append("AllowReservedKeys")
                .Select(static key => key.Replace(":0", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            OptionKey.Options(plain).Zip(OptionKey.Options(bound)).Where(static pair => pair.First.Key != "AllowReservedKeys"),
            static pair =>
                Assert.NotEqual(
                    OptionKey.Text(pair.First.Property.GetValue(pair.First.Of)),
                    OptionKey.Text(pair.Second.Property.GetValue(pair.Second.Of))
                )
        );
        Assert.True(Bind(Apart).AllowReservedKeys);
        Assert.Equal(["the one before"], bound.PreviousSecrets);
        Assert.Equal([FormerKey], bound.Protection.PreviousKeys);
        Assert.Equal(["https://app.example.org"], bound.TrustedOrigins);
        Assert.Null(bound.Store);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_range_in_the_table_is_what_is_accepted(string key)
    {
        var row = OptionKey.Documented.Single(one => one.Key == key);
        var (least, most) = (row.Values[0], row.Values[1]);
        var isOpen = row.Range.Contains("below", StringComparison.Ordinal);

        Assert.Null(Refusal(key, least));
        Assert.NotNull(Refusal(key, Beside(row.Type, least, -1)));
        Assert.Null(Refusal(key, isOpen ? "0.999" : most));
        Assert.NotNull(Refusal(key, isOpen ? most : Beside(row.Type, most, 1)));

        Assert.All(row.Values.Skip(2), word => Assert.Null(Refusal(key, word)));
    }

    [Fact]
    public void A_number_alone_is_that_many_days() => Assert.Equal(TimeSpan.FromDays(30), Bind(With("IdleTimeout", "30")).IdleTimeout);

    [Theory]
    [InlineData("Sekret")]
    [InlineData("Cookie:MaxAeg")]
    [InlineData("Protection:Keys:0")]
    [InlineData("SerializerOptions:MaxDepth")]
    [InlineData("CookiePerRequest")]
    [InlineData("Cookies:MaxAge")]
    [InlineData("Protect:Key")]
    public void A_key_that_is_no_options_is_named_and_its_value_is_not(string key)
    {
        var refusal = Refusal(key, Canary);

        Assert.Contains($"ServerSessions:{key} is not a setting", refusal?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refusal!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unset")]
    [InlineData("Rolling")]
    [InlineData("IdleTimeout")]
    [InlineData("MaxKeys")]
    [InlineData("TouchThrottle")]
    [InlineData("Cookie:Expires")]
    [InlineData("Cookie:SameSite")]
    [InlineData("Protection:HashIds")]
    public void A_value_that_is_not_of_its_options_type_is_named_by_its_key_and_not_repeated(string key)
    {
        var refusal = Refusal(key, Canary);

        Assert.Contains($"ServerSessions:{key} cannot be read", refusal?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refusal!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PreviousSecrets", "ServerSessions:PreviousSecrets:0")]
    [InlineData("Protection:PreviousKeys", "ServerSessions:Protection:PreviousKeys:0")]
    [InlineData("Protection", "ServerSessions:Protection:Key")]
    [InlineData("Cookie", "ServerSessions:Cookie:MaxAge")]
    public void A_text_in_place_of_a_list_or_group_is_refused_and_the_message_says_what_to_set(string key, string remedy)
    {
        var refusal = Refusal(key, Canary);

        Assert.Contains(remedy, refusal?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refusal!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Protection:Key:0", "Protection:Key")]
    [InlineData("protection:key:Value:1", "protection:key")]
    [InlineData("Protection:PreviousKeys:0:Key", "Protection:PreviousKeys:0")]
    [InlineData("PreviousSecrets:0:0", "PreviousSecrets:0")]
    [InlineData("Secret:0", "Secret")]
    [InlineData("Store:Redis", "Store")]
    [InlineData("Unset:0", "Unset")]
    [InlineData("AbsoluteTimeout:Minutes", "AbsoluteTimeout")]
    [InlineData("Cookie:MaxAge:Minutes", "Cookie:MaxAge")]
    public void A_list_or_a_group_in_place_of_a_value_is_refused_and_not_ignored(string key, string option)
    {
        var refusal = Refusal(key, Canary);

        Assert.Contains($"ServerSessions:{option} is a single value", refusal?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refusal!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_place_of_the_section_is_refused_and_not_repeated()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ServerSessions", (string?)Canary)])
            .Build()
            .GetSection("ServerSessions");

        var refusal = Assert.Throws<OptionsValidationException>(() =>
            Read(new ServiceCollection().AddServerSessions(section, static options => options.Secret = TestApp.Secret))
        );

        Assert.Contains("ServerSessions is a group of settings, and is set to a text", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Redis:KeyPrefix")]
    [InlineData("File:Path")]
    public void The_group_of_a_store_may_stand_beside_the_options(string key) => Assert.Null(Refusal(key, "a value of the store"));

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var refusal = Assert.Throws<OptionsValidationException>(static () =>
            Bind(
                new(StringComparer.Ordinal)
                {
                    ["Secret"] = TestApp.Secret,
                    ["Sekret"] = Canary,
                    ["Cookie:Path2"] = Canary,
                    ["Rolling"] = Canary,
                    ["PreviousSecrets"] = Canary,
                }
            )
        );

        Assert.Equal(4, refusal.Failures.Count());
    }

    [Fact]
    public void The_whole_configuration_in_place_of_the_section_is_refused_and_the_message_says_what_to_hand_in()
    {
        var configuration = Configuration(Values);

        var refusal = Assert.Throws<OptionsValidationException>(() => Read(new ServiceCollection().AddServerSessions(configuration)));

        Assert.Contains("GetSection(\"ServerSessions\")", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_code_sets_counts_more_than_the_section_and_that_more_than_strict_defaults()
    {
        var section = Configuration(
                new()
                {
                    ["Secret"] = TestApp.Secret,
                    ["IdleTimeout"] = "00:05:00",
                    ["AbsoluteTimeout"] = "02:00:00",
                }
            )
            .GetSection("ServerSessions");

        var options = Read(
            new ServiceCollection()
                .AddServerSessions(section, static options => options.AbsoluteTimeout = TimeSpan.FromHours(1))
                .UseStrictDefaults()
        );

        Assert.Equal(
            (TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), true),
            (options.IdleTimeout!.Value, options.AbsoluteTimeout!.Value, options.Protection.HashIds)
        );
    }

    [Fact]
    public void The_line_break_that_a_mounted_file_ends_with_is_no_part_of_a_secret_or_key()
    {
        var options = Bind(
            new()
            {
                ["Secret"] = TestApp.Secret + "\n",
                ["PreviousSecrets:0"] = "the one before\r\n",
                ["Protection:Key"] = Key + "\n",
                ["Protection:PreviousKeys:0"] = FormerKey + "\r\n",
            }
        );

        Assert.Equal((TestApp.Secret, "the one before"), (options.Secret, options.PreviousSecrets.Single()));
    }

    [Fact]
    public void A_setting_that_changes_while_the_application_runs_reaches_who_monitors_the_options()
    {
        var configuration = Configuration(new() { ["Secret"] = TestApp.Secret });
        using var services = new ServiceCollection()
            .AddServerSessions(configuration.GetSection("ServerSessions"))
            .Services.BuildServiceProvider();
        var monitor = services.GetRequiredService<IOptionsMonitor<ServerSessionOptions>>();
        Assert.Equal(TestApp.Secret, monitor.CurrentValue.Secret);

        configuration["ServerSessions:Secret"] = "another secret that is as long as one has to be";
        configuration.Reload();

        Assert.Equal("another secret that is as long as one has to be", monitor.CurrentValue.Secret);
    }

    private static string Beside(string type, string value, int steps) =>
        type == "duration"
            ? TimeSpan.Parse(value, CultureInfo.InvariantCulture).Add(TimeSpan.FromTicks(steps)).ToString("c", CultureInfo.InvariantCulture)
            : (long.Parse(value, CultureInfo.InvariantCulture) + steps).ToString(CultureInfo.InvariantCulture);

    private static OptionsValidationException? Refusal(string key, string value) =>
        Record.Exception(() => Bind(With(key, value))) switch
        {
            null => null,
            OptionsValidationException refusal => refusal,
            var other => throw other,
        };

    private static Dictionary<string, string?> With(string key, string value) =>
        new(StringComparer.Ordinal) { ["Secret"] = TestApp.Secret, [key] = value };

    private static ServerSessionOptions Bind(Dictionary<string, string?> values) =>
        Read(new ServiceCollection().AddServerSessions(Configuration(values).GetSection("ServerSessions")));

    private static IConfigurationRoot Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(static pair => KeyValuePair.Create("ServerSessions:" + pair.Key, pair.Value)))
            .Build();

    private static ServerSessionOptions Read(IServerSessionBuilder sessions)
    {
        using var services = sessions.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<ServerSessionOptions>>().Value;
    }
}
