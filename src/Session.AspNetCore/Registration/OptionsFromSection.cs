using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// Binds the options to a section of the configuration, and refuses it whole if one of its settings is unknown or unreadable: a misspelled limit would be no limit. The binder's own
/// messages repeat the values, which may be secrets, and name a key without its place.
/// </summary>
internal sealed class OptionsFromSection(IConfiguration section) : IConfigureOptions<ServerSessionOptions>
{
    private const string Keys = "The README of Session.AspNetCore lists the keys with their types and ranges.";

    // A text in place of any of them is ignored by the binder.
    private static readonly string[] Lists = ["PreviousSecrets", "Protection:PreviousKeys"];
    private static readonly string[] Groups = ["Cookie", "Protection"];

    public void Configure(ServerSessionOptions options)
    {
        List<string> failures = [.. FindTexts(Lists, "is a list"), .. FindTexts(Groups, "is a group of settings")];
        var settings = new ConfigurableOptions(options);
        try
        {
            Bind(section, settings, isStrict: true);
            settings.Complete();
        }
        catch (InvalidOperationException)
        {
            failures.AddRange(FindFaults());
            if (failures.Count == 0)
            {
                throw;
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ServerSessionOptions), failures);
        }
    }

    private static void Bind(IConfiguration configuration, ConfigurableOptions settings, bool isStrict) =>
        configuration.Bind(settings, binder => binder.ErrorOnUnknownConfiguration = isStrict);

    private static bool IsRefused(KeyValuePair<string, string?> setting, bool isStrict)
    {
        try
        {
            Bind(new ConfigurationBuilder().AddInMemoryCollection([setting]).Build(), new ConfigurableOptions(new ServerSessionOptions()), isStrict);
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
        select $"{PathOf(key)} {what}, and is set to a text. Set what is below it, such as {PathOf(key)}:{(keys == Lists ? "0" : key == "Cookie" ? "MaxAge" : "Key")}. {Keys}";

    /// <summary>Tries each setting by itself, and says which ones the binder does not take.</summary>
    private IEnumerable<string> FindFaults()
    {
        foreach (var setting in section.AsEnumerable(makePathsRelative: true).Where(static setting => setting.Value is not null))
        {
            if (IsRefused(setting, isStrict: false))
            {
                yield return $"{PathOf(setting.Key)} cannot be read: its value is not of the option's type. {Keys}";
            }
            else if (IsRefused(setting, isStrict: true))
            {
                yield return $"{PathOf(setting.Key)} is no setting of server sessions. {Keys}"
                    + (section is IConfigurationRoot ? " Hand in the section, not the whole configuration: configuration.GetSection(\"ServerSessions\")." : "");
            }
        }
    }

    private string PathOf(string key) => section is IConfigurationSection { Path: var path } ? ConfigurationPath.Combine(path, key) : key;
}
