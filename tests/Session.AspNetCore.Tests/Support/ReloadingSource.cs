using Microsoft.Extensions.Configuration;

namespace ServerSessions.Tests;

/// <summary>A source of configuration whose values a test changes, as an edit of a file or a new version in a vault does.</summary>
internal sealed class ReloadingSource : ConfigurationProvider, IConfigurationSource
{
    /// <summary>Sets the values, in place of all former ones, and tells of it.</summary>
    public void Change(params IEnumerable<(string Key, string? Value)> values)
    {
        Data = values.ToDictionary(
            static pair => "ServerSessions:" + pair.Key,
            static pair => pair.Value,
            StringComparer.OrdinalIgnoreCase
        );
        OnReload();
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
