using Microsoft.AspNetCore.DataProtection;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Protection settings that need services, or that must come before all other settings. The others are in
/// <see cref="ServerSessionOptions.Protection"/>.
/// </summary>
public static class ServerSessionProtectionExtensions
{
    /// <summary>
    /// Encrypts session payloads with ASP.NET Core Data Protection, which manages and rotates the keys. Replaces
    /// <see cref="SessionProtectionOptions.Key"/>: the application does not start with both. Servers that share sessions must share the
    /// Data Protection keys and the application name.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder EncryptPayloadWithDataProtection(this IServerSessionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDataProtection();
        builder
            .Services.AddOptions<ServerSessionOptions>(builder.Name)
            .Configure<IDataProtectionProvider>(
                static (options, provider) => options.PayloadProtector = new DataProtectionPayloadProtector(provider)
            );
        return builder;
    }

    /// <summary>
    /// Sets strict defaults for cookie, caching, ids at rest, lifetimes and secrets. Settings of the application override them, before or
    /// after this call. If it is called twice, the last call counts. Browsers then send the cookie over https only.
    /// </summary>
    /// <remarks>
    /// The cookie is <c>__Host-Http-sid</c> with Secure, HttpOnly and SameSite=Lax, and with <c>Max-Age</c> if it has an expiry. Ids are
    /// hashed at rest. Responses with the cookie, or for which the session was used, are <c>no-store</c>. Requests from other sites that
    /// could change something are refused (<see cref="ServerSessionOptions.CrossSite"/>). The lifetimes are those of NIST SP 800-63B-4: by
    /// default one hour without use and 24 hours at most (AAL2). A secret or previous secret is refused if it is shorter than 32
    /// characters, repeats one character, is a sample from documentation, or is listed twice.
    /// <para>
    /// Browsers accept a cookie whose name starts with <c>__Host-</c> from this host only, over https and for all paths. With
    /// <c>__Host-Http-</c> they accept it from a response only, so that no script on the page can plant one. A browser without support for
    /// the longer prefix applies the rules of the shorter one. To change the name, set <see cref="SessionCookieOptions.Name"/>.
    /// </para>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="level">The Authentication Assurance Level, which sets the lifetimes. The default is <see cref="Aal.Two"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="level"/> is not a value of <see cref="Aal"/>. Nothing is set.
    /// </exception>
    public static IServerSessionBuilder UseStrictDefaults(this IServerSessionBuilder builder, Aal level = Aal.Two)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Enum.IsDefined(level))
        {
            throw new ArgumentOutOfRangeException(
                nameof(level),
                level,
                "The strict defaults were not set: the level must be Aal.One, Aal.Two or Aal.Three."
            );
        }

        StrictDefaults.AddTo(builder, level);
        return builder;
    }
}
