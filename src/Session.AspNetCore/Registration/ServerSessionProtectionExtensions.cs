using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Settings that need services, or that come before all others; the rest of what sessions look like at rest is <see cref="ServerSessionOptions.Protection"/>.</summary>
public static class ServerSessionProtectionExtensions
{
    private const string StrictName = "__Host-sid";

    /// <summary>
    /// Encrypts what is in sessions by ASP.NET Core Data Protection, with its keys and their rotation, in place of <see cref="SessionProtectionOptions.Key"/>: the application
    /// does not start with both. Servers that share sessions must share these keys and the application name.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder EncryptPayloadWithDataProtection(this IServerSessionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDataProtection();
        builder.Services.AddOptions<ServerSessionOptions>().Configure<IDataProtectionProvider>(
            static (options, provider) => options.PayloadProtector = new DataProtectionPayloadProtector(provider));
        return builder;
    }

    /// <summary>
    /// Starts from strict defaults: the cookie <c>__Host-sid</c>, Secure, HttpOnly and SameSite=Lax, ids hashed at rest, an idle lifetime of one hour and an absolute
    /// one of 24 hours (NIST SP 800-63B, level AAL2); a secret or previous secret is refused that is shorter than 32 characters, repeats one character, is a
    /// documentation's sample, or is listed twice. What the application sets itself counts
    /// more, wherever it sets it. Browsers send the cookie over https only.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder UseStrictDefaults(this IServerSessionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // First in line, so that everything else that configures the options comes after it.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ServerSessionOptions>>(
            new ConfigureNamedOptions<ServerSessionOptions>(Options.Options.DefaultName, static options =>
            {
                options.IsStrict = true;
                options.Cookie.Name = StrictName;
                options.Cookie.Secure = SessionCookieSecure.Always;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Protection.HashIds = true;
                options.IdleTimeout = TimeSpan.FromHours(1);
                options.AbsoluteTimeout = TimeSpan.FromHours(24);
            })));
        return builder;
    }
}
