using Microsoft.AspNetCore.Identity;

namespace ServerSessions;

/// <summary>How a cookie authentication scheme uses the session that keeps its ticket.</summary>
public sealed class ServerSessionTicketOptions
{
    /// <summary>
    /// Gets or sets whether the scheme's sign-in is the sign-in of the session. A sign-in then gives the session a new id, and a sign-out
    /// ends the session with all its data. Otherwise they only add the ticket to the session and remove it.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. It is <see langword="false"/> for the schemes with which ASP.NET Core Identity remembers a
    /// step of a sign-in: <see cref="IdentityConstants.ExternalScheme"/>, <see cref="IdentityConstants.TwoFactorUserIdScheme"/> and
    /// <see cref="IdentityConstants.TwoFactorRememberMeScheme"/>.
    /// </value>
    public bool OwnsSession { get; set; } = true;

    /// <summary>Gets or sets which of several kinds of sessions keeps the ticket.</summary>
    /// <value>
    /// The name given to <c>AddServerSessions</c>, compared with regard to case. The default is the empty name, that of the sessions
    /// without a name.
    /// </value>
    public string SessionName { get; set; } = "";

    /// <summary>
    /// Gets or sets the type of the claim that names the user for the lists of users' sessions. Used only with <c>AddUserSessions</c>, and
    /// if the scheme owns the session.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: <see cref="System.Security.Claims.ClaimTypes.NameIdentifier"/>, else <c>sub</c>, else the
    /// name. If there is no such claim, the session is in no list.
    /// </value>
    public string? SubjectClaimType { get; set; }

    /// <summary>Returns the defaults for a scheme.</summary>
    internal static ServerSessionTicketOptions For(string scheme) =>
        new()
        {
            OwnsSession =
                scheme != IdentityConstants.ExternalScheme
                && scheme != IdentityConstants.TwoFactorUserIdScheme
                && scheme != IdentityConstants.TwoFactorRememberMeScheme,
        };
}
