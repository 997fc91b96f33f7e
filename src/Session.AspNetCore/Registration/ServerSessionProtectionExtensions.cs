using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What sessions look like at rest, for every store. None of it can be read by Node: not for sessions that are shared with it.</summary>
public static class ServerSessionProtectionExtensions
{
    private const string StrictName = "__Host-sid";

    /// <summary>Keeps sessions under a hash of their id; see <see cref="ServerSessionOptions.HashSessionIds"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder HashSessionIds(this IServerSessionBuilder builder) =>
        builder.Configure(static options => options.HashSessionIds = true);

    /// <summary>
    /// Encrypts what is in sessions with AES-256-GCM, bound to their id: a payload that is changed, or found under another id, is no session. Lifetimes and
    /// cookie attributes stay readable. A session that is not encrypted, or by a key that is not known here, is no session either; that is logged and counted.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="key">The key: the base64 text of 32 random bytes, as <c>openssl rand -base64 32</c> prints one.</param>
    /// <param name="previousKeys">
    /// Former keys, which still decrypt. To rotate, move the key here and set a new one; remove the old one once the sessions written with it have ended.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A key is absent, is no such text, repeats one byte, or is there twice. The message says which.</exception>
    public static IServerSessionBuilder EncryptPayload(this IServerSessionBuilder builder, string key, params IEnumerable<string> previousKeys)
    {
        ArgumentNullException.ThrowIfNull(previousKeys);
        var protector = new AesGcmPayloadProtector(PayloadKeys.Read(key, previousKeys));
        return builder.Configure(options => options.PayloadProtector = protector);
    }

    /// <summary>
    /// The same by ASP.NET Core Data Protection, with its keys and their rotation. Servers that share sessions must share these keys and the application name.
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
                options.Cookie.SameSite = SessionSameSite.Lax;
                options.HashSessionIds = true;
                options.IdleTimeout = TimeSpan.FromHours(1);
                options.AbsoluteTimeout = TimeSpan.FromHours(24);
            })));
        return builder;
    }

    private static IServerSessionBuilder Configure(this IServerSessionBuilder builder, Action<ServerSessionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
