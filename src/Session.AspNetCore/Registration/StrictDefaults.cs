using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Applies the settings of <c>UseStrictDefaults</c> before everything else that configures the options.</summary>
internal sealed class StrictDefaults(Aal level) : IConfigureOptions<ServerSessionOptions>
{
    // A browser without support for __Host-Http- applies the rules of __Host-.
    private const string CookieName = "__Host-Http-sid";

    /// <summary>Registers the strict defaults in front of all other settings. The last call counts.</summary>
    public static void AddTo(IServiceCollection services, Aal level)
    {
        if (services.FirstOrDefault(static service => service.ImplementationInstance is StrictDefaults) is { } former)
        {
            services.Remove(former);
        }

        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ServerSessionOptions>>(new StrictDefaults(level)));
    }

    public void Configure(ServerSessionOptions options)
    {
        options.IsStrict = true;
        options.Cookie.Name = CookieName;
        options.Cookie.Secure = SessionCookieSecure.Always;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SendMaxAge = true;
        options.CacheProtection = SessionCacheProtection.NoStore;
        options.Protection.HashIds = true;

        // NIST SP 800-63B-4, sections 2.1.3, 2.2.3 and 2.3.3. At AAL1 an inactivity timeout is optional.
        (options.IdleTimeout, options.AbsoluteTimeout) = level switch
        {
            Aal.One => ((TimeSpan?)null, TimeSpan.FromDays(30)),
            Aal.Two => (TimeSpan.FromHours(1), TimeSpan.FromHours(24)),
            _ => (TimeSpan.FromMinutes(15), TimeSpan.FromHours(12)),
        };
    }
}
