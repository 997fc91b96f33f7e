using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Moves an application from ASP.NET Core's <c>AddSession()</c> without ending its sessions.</summary>
public static class ServerSessionBuilderImportExtensions
{
    /// <summary>
    /// Imports sessions of ASP.NET Core's <c>AddSession()</c>. A request without a session of this library, whose cookie names an entry of
    /// the registered <see cref="IDistributedCache"/>, begins with its values. The entry and the cookie are removed.
    /// </summary>
    /// <remarks>
    /// <para>Register the cache and Data Protection as before, with the same keys and application name. Remove <c>UseSession()</c>, and
    /// this call once the longest session has passed. If <c>SessionOptions.Cookie</c> had another name, path or domain, set it.</para>
    /// <para>A cache that fails is a failure of the session, never an empty session; see
    /// <see cref="ServerSessionOptions.WhenLoadFails"/>. Each of its calls ends after
    /// <see cref="ServerSessionOptions.OperationTimeout"/>. Parallel first requests arrive at one session. A damaged entry is left alone,
    /// and its request has no session. A value whose key is reserved is left out. Both are logged.</para>
    /// <para>The lifetimes of the session start at the import.</para>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Sets the cookie's name, path and domain. <see langword="null"/>: the defaults of <c>AddSession()</c>.
    /// </param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder ImportAspNetCoreSessions(
        this IServerSessionBuilder builder,
        Action<AspNetCoreSessionImportOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.AddDataProtection();
        builder.Services.AddOptions<AspNetCoreSessionImportOptions>(name);
        if (configure is not null)
        {
            builder.Services.Configure(name, configure);
        }

        if (name.Length == 0)
        {
            builder.Services.TryAddSingleton(services => Create(services, name));
        }
        else
        {
            builder.Services.TryAddKeyedSingleton(name, (services, _) => Create(services, name));
        }

        return builder;
    }

    private static AspNetCoreSessions Create(IServiceProvider services, string name) =>
        new(
            services.GetService<IDistributedCache>()
                ?? throw new InvalidOperationException(
                    "ImportAspNetCoreSessions() needs the IDistributedCache in which AddSession() kept its sessions. Register it, for "
                        + "example with AddStackExchangeRedisCache(...) or AddDistributedMemoryCache()."
                ),
            services.GetRequiredService<IDataProtectionProvider>(),
            services.GetRequiredService<IOptionsMonitor<AspNetCoreSessionImportOptions>>().Get(name),
            NamedServices.Options(services, name).OperationTimeout,
            services.GetRequiredService<TimeProvider>()
        );
}
