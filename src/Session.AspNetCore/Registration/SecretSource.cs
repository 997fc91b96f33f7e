using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// Where secrets are read from again: the options as the application configures them, each time that its configuration, or what else it
/// registered as a source of changes, says so.
/// </summary>
/// <remarks>
/// Not by <c>IOptionsMonitor</c>: it throws what its validation refuses into the reload of the configuration, and no listener hears of it.
/// It would also validate all options, of which an end such as <see cref="SessionCookieOptions.Expires"/> may have passed since the start.
/// </remarks>
internal sealed class SecretSource(IServiceProvider services, string name)
{
    /// <summary>Calls back after each reload, until disposed.</summary>
    public IEnumerable<IDisposable> Watch(Action reloaded)
    {
        // The configuration of the host is watched although no option is bound to it: a delegate may read it by itself.
        foreach (
            var source in services
                .GetServices<IOptionsChangeTokenSource<ServerSessionOptions>>()
                .Where(source => (source.Name ?? "") == name)
        )
        {
            yield return ChangeToken.OnChange(source.GetChangeToken, reloaded);
        }

        if (services.GetService<IConfiguration>() is { } configuration)
        {
            yield return ChangeToken.OnChange(configuration.GetReloadToken, reloaded);
        }
    }

    /// <summary>The options as they are configured now, of which the secrets and the payload keys alone are for use.</summary>
    /// <param name="atStart">The options that the application started with.</param>
    /// <param name="refusals">Why the secrets cannot be used; empty if they can. No sentence repeats one.</param>
    public ServerSessionOptions Read(ServerSessionOptions atStart, out IReadOnlyList<string> refusals)
    {
        var options = new OptionsFactory<ServerSessionOptions>(
            services.GetServices<IConfigureOptions<ServerSessionOptions>>(),
            services.GetServices<IPostConfigureOptions<ServerSessionOptions>>()
        ).Create(name);
        var byApplication = services
            .GetServices<IValidateOptions<ServerSessionOptions>>()
            .Any(validator => validator is not ServerSessionOptionsValidator && validator.Validate(name, options).Failed);
        refusals =
        [
            .. SecretRules
                .Check(options)
                .Concat(ProtectionRules.Check(options))
                .Concat(ProtectionRules.CheckReload(atStart, options))
                .Concat(byApplication ? ["A validation of the application refuses the options."] : Array.Empty<string>()),
        ];
        return options;
    }
}
