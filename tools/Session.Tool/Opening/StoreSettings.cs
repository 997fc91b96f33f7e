using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores;

namespace ServerSessions.Tool.Opening;

/// <summary>
/// The options of a store: those of <c>--option</c>, and the tool's own. The tool never creates a table because of a typo in a URL, and
/// never prunes unasked.
/// </summary>
internal sealed record StoreSettings(IReadOnlyDictionary<string, string?> Options, TimeSpan Timeout, bool Creates = false)
{
    // A day: the longest that every store takes. The first pruning comes after at least half of it.
    private const string LongestInterval = "1.00:00:00";

    private static readonly string[] Creations = ["CreateTable", "CreateFolder", "CreateIndex"];

    /// <summary>Applies the settings to the options that a provider has registered.</summary>
    /// <param name="services">The services.</param>
    /// <param name="provider">The provider.</param>
    /// <exception cref="ToolException">The store takes no options, though some are given.</exception>
    public void Apply(IServiceCollection services, SessionStoreProvider provider)
    {
        var types = services
            .Select(static service => service.ServiceType)
            .Where(static type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConfigureOptions<>))
            .Select(static type => type.GetGenericArguments()[0])
            .Where(type => type.Assembly == provider.GetType().Assembly)
            .Distinct()
            .ToArray();
        if (types.Length == 0 && Options.Count > 0)
        {
            throw new ToolException($"The store '{provider.Name}' takes no options. Remove --option.");
        }

        var apply = typeof(StoreSettings).GetMethod(
            nameof(ApplyTo),
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic
        )!;
        foreach (var type in types)
        {
            apply.MakeGenericMethod(type).Invoke(this, [services]);
        }
    }

    private void ApplyTo<TOptions>(IServiceCollection services)
        where TOptions : class =>
        services.PostConfigure<TOptions>(options => StoreSection.Bind(ConfigurationFor(typeof(TOptions)), options));

    private IConfigurationRoot ConfigurationFor(Type options)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["PruneInterval"] = LongestInterval,
            ["OperationTimeout"] = Timeout.ToString(null, CultureInfo.InvariantCulture),
        };
        foreach (var name in Creations.Where(_ => !Creates))
        {
            values[name] = "false";
        }

        var own = values.Where(value => options.GetProperty(value.Key) is not null);
        return new ConfigurationBuilder().AddInMemoryCollection(own).AddInMemoryCollection(Options).Build();
    }
}
