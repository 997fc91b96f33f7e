using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// Binds the options to a section of the configuration. Refuses the section if a setting is unknown or unreadable: a misspelled limit would
/// be no limit. The binder's own messages contain values, which may be secrets, and the name of a key without its path. So each setting is
/// also tried by itself.
/// </summary>
internal sealed class OptionsFromSection(string name, IConfiguration section) : IConfigureNamedOptions<ServerSessionOptions>
{
    private const string Keys = "The README of Session.AspNetCore lists the keys with their types and ranges.";

    // The binder ignores a text in place of any of them.
    private static readonly string[] Lists = ["PreviousSecrets", "Protection:PreviousKeys", "TrustedOrigins"];
    private static readonly string[] Groups = ["Cookie", "Protection"];

    public void Configure(ServerSessionOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? optionsName, ServerSessionOptions options)
    {
        if (optionsName != name)
        {
            return;
        }

        string[] failures =
        [
            .. FindTextAsSection(),
            .. FindTexts(Lists, "is a list"),
            .. FindTexts(Groups, "is a group of settings"),
            .. FindGroups(),
            .. FindFaults(),
        ];
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(name, typeof(ServerSessionOptions), failures);
        }

        var settings = new ConfigurableOptions(options);
        section.Bind(settings);
        settings.Complete();
    }

    private static bool IsRefused(KeyValuePair<string, string?> setting, bool isStrict)
    {
        try
        {
            new ConfigurationBuilder()
                .AddInMemoryCollection([setting])
                .Build()
                .Bind(new ConfigurableOptions(new ServerSessionOptions()), binder => binder.ErrorOnUnknownConfiguration = isStrict);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private IEnumerable<string> FindTexts(string[] keys, string what) =>
        from key in keys
        where !string.IsNullOrEmpty(section[key])
        select $"{PathOf(key)} {what}, and is set to a text. Set the keys below it, such as "
            + $"{PathOf(key)}:{(keys == Lists ? "0" : key == "Cookie" ? "MaxAge" : "Key")}. {Keys}";

    /// <summary>The binder ignores a text in place of the section, too.</summary>
    private IEnumerable<string> FindTextAsSection() =>
        section is IConfigurationSection { Path: var path, Value.Length: > 0 }
            ? [$"{path} is a group of settings, and is set to a text. Set what is below it, such as {PathOf("Secret")}. {Keys}"]
            : [];

    /// <summary>The binder ignores a list or a group in place of a single value: a limit or a key would not be set.</summary>
    private IEnumerable<string> FindGroups() =>
        section
            .AsEnumerable(makePathsRelative: true)
            .Where(static setting => setting.Value is not null)
            .Select(setting => PrefixesOf(setting.Key).FirstOrDefault(IsValue))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(key => $"{PathOf(key)} is a single value, and is set to a list or a group. Set it to a text. {Keys}");

    private static IEnumerable<string> PrefixesOf(string key) =>
        from end in Enumerable.Range(0, key.Length)
        where key[end] == ConfigurationPath.KeyDelimiter[0]
        select key[..end];

    /// <summary>Whether a key is that of an option, or of an element of a list.</summary>
    private static bool IsValue(string key) =>
        !Groups.Concat(Lists).Contains(key, StringComparer.OrdinalIgnoreCase) && !IsRefused(new(key, ""), isStrict: true);

    private IEnumerable<string> FindFaults()
    {
        foreach (var setting in section.AsEnumerable(makePathsRelative: true).Where(static setting => setting.Value is not null))
        {
            if (IsRefused(setting, isStrict: false))
            {
                yield return $"{PathOf(setting.Key)} cannot be read: its value is not of the option's type. {Keys}";
            }
            else if (IsRefused(setting, isStrict: true) && !IsOfStore(setting.Key))
            {
                yield return $"{PathOf(setting.Key)} is not a setting of server sessions. {Keys}"
                    + (
                        section is IConfigurationRoot
                            ? " Pass in the section, not the whole configuration: configuration.GetSection(\"ServerSessions\")."
                            : ""
                    );
            }
        }
    }

    /// <summary>
    /// Whether a setting is in a group that belongs to a store, such as <c>ServerSessions:Redis</c>. A group whose keys are all keys of one
    /// group of the options is that group, misspelled. <c>Path</c> alone does not count, because a folder also has it.
    /// </summary>
    private bool IsOfStore(string key)
    {
        var name = key.Split(ConfigurationPath.KeyDelimiter)[0];
        var group = section.GetSection(name);
        if (
            section is IConfigurationRoot
            || name.Length == key.Length
            || group.Value is not null
            || Groups.Append(nameof(ServerSessionOptions.SerializerOptions)).Contains(name, StringComparer.OrdinalIgnoreCase)
        )
        {
            return false;
        }

        var keys = group.GetChildren().Select(static child => child.Key).ToList();
        return keys is [var only] && only.Equals("Path", StringComparison.OrdinalIgnoreCase)
            || !Array.Exists(Groups, known =>
                keys.TrueForAll(one => !IsRefused(new(ConfigurationPath.Combine(known, one), ""), isStrict: true))
            );
    }

    private string PathOf(string key) => section is IConfigurationSection { Path: var path } ? ConfigurationPath.Combine(path, key) : key;
}
