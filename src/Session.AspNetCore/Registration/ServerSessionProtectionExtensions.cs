using Microsoft.AspNetCore.DataProtection;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Settings that need services, or that come before all others; the rest of what sessions look like at rest is
/// <see cref="ServerSessionOptions.Protection"/>.
/// </summary>
public static class ServerSessionProtectionExtensions
{
    /// <summary>
    /// Encrypts what is in sessions by ASP.NET Core Data Protection, with its keys and their rotation, in place of
    /// <see cref="SessionProtectionOptions.Key"/>: the application does not start with both. Servers that share sessions must share these
    /// keys and the application name.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder EncryptPayloadWithDataProtection(this IServerSessionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDataProtection();
        builder
            .Services.AddOptions<ServerSessionOptions>()
            .Configure<IDataProtectionProvider>(
                static (options, provider) => options.PayloadProtector = new DataProtectionPayloadProtector(provider)
            );
        return builder;
    }

    /// <summary>
    /// Starts from strict defaults: the cookie <c>__Host-Http-sid</c>, Secure, HttpOnly and SameSite=Lax, with <c>Max-Age</c> if it has an
    /// end; ids hashed at rest; responses with the cookie, or for which the session was used, as <c>no-store</c>; the lifetimes of NIST SP
    /// 800-63B-4 at a level, by default an hour without use and 24 hours in any case (AAL2). A secret or previous secret is refused that is
    /// shorter than 32 characters, repeats one character, is a documentation's sample, or is listed twice. What the application sets itself
    /// counts more, before or after this call. If it is called twice, the last call counts. Browsers send the cookie over https only.
    /// </summary>
    /// <remarks>
    /// Browsers take a cookie whose name starts with <c>__Host-</c> from this host alone, over https and for all paths; with
    /// <c>__Host-Http-</c> also from a response alone, so that no script on the page can plant one. A browser that does not know the longer
    /// prefix applies the rules of the shorter one. Name it otherwise with <see cref="SessionCookieOptions.Name"/>.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="level">The Authentication Assurance Level that says how long sessions live. The default is
    /// <see cref="Aal.Two"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is none of the values of <see cref="Aal"/>. Nothing is
    /// set.</exception>
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

        StrictDefaults.AddTo(builder.Services, level);
        return builder;
    }
}
