using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Applies the settings of <c>UseStrictDefaults</c> before everything else that configures the options.</summary>
internal sealed class StrictDefaults(string name, Aal level) : IConfigureNamedOptions<ServerSessionOptions>
{
    // A browser without support for __Host-Http- applies the rules of __Host-.
    private const string CookieName = "__Host-Http-sid";

    private readonly string _name = name;

    /// <summary>Registers the strict defaults in front of all other settings. The last call counts.</summary>
    public static void AddTo(IServerSessionBuilder builder, Aal level)
    {
        var services = builder.Services;
        if (services.FirstOrDefault(service => IsOf(service, builder.Name)) is { } former)
        {
            services.Remove(former);
        }

        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ServerSessionOptions>>(new StrictDefaults(builder.Name, level)));
    }

    public void Configure(ServerSessionOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ServerSessionOptions options)
    {
        if (name != _name)
        {
            return;
        }

        options.IsStrict = true;
        options.Cookie.Name = CookieName;
        options.Cookie.Secure = SessionCookieSecure.Always;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SendMaxAge = true;
        options.CacheProtection = SessionCacheProtection.NoStore;
        options.CrossSite = SessionCrossSite.Refuse;
        options.Protection.HashIds = true;

        // NIST SP 800-63B-4, sections 2.1.3, 2.2.3 and 2.3.3. At AAL1 an inactivity timeout is optional.
        (options.IdleTimeout, options.AbsoluteTimeout) = level switch
        {
            Aal.One => ((TimeSpan?)null, TimeSpan.FromDays(30)),
            Aal.Two => (TimeSpan.FromHours(1), TimeSpan.FromHours(24)),
            _ => (TimeSpan.FromMinutes(15), TimeSpan.FromHours(12)),
        };
    }

    private static bool IsOf(ServiceDescriptor service, string name) =>
        !service.IsKeyedService && service.ImplementationInstance is StrictDefaults strict && strict._name == name;
}
