using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>How the sessions of each user are found, counted and described; see <c>AddUserSessions</c>.</summary>
public sealed class UserSessionOptions
{
    /// <summary>The largest value of <see cref="MaxSessionsPerUser"/>: 1,000.</summary>
    public const int LargestMaxSessionsPerUser = 1000;

    /// <summary>
    /// Gets or sets how many sessions of one user may be live at once. The number is checked in the same step in which a session is added,
    /// so that it holds for parallel sign-ins too.
    /// </summary>
    /// <value>1 to 1,000. The default is 100.</value>
    public int MaxSessionsPerUser { get; set; } = 100;

    /// <summary>Gets or sets what a sign-in does if the user has <see cref="MaxSessionsPerUser"/> sessions.</summary>
    /// <value>The default is <see cref="WhenTooManySessions.EndOldest"/>.</value>
    public WhenTooManySessions WhenTooMany { get; set; }

    /// <summary>Gets or sets how much of the client's address is kept with a sign-in. It is personal data.</summary>
    /// <value>The default is <see cref="UserSessionAddress.None"/>.</value>
    public UserSessionAddress Address { get; set; }

    /// <summary>
    /// Gets or sets the function that describes the device of a sign-in, for the user to recognize: <c>Firefox on Windows</c>. At most 100
    /// characters of its result are kept. <see langword="null"/> from it: no description.
    /// </summary>
    /// <value>The default reads the browser and the system from the header <c>User-Agent</c>, which is not kept itself.</value>
    public Func<HttpContext, string?> Label { get; set; } = DeviceLabel.Of;

    /// <summary>
    /// Gets or sets the function that says whose a session is that was not signed in with <see cref="ServerSession.SignInAsync"/>: one
    /// that Node has signed in, or that is older than <c>AddUserSessions</c>. It is called for each request whose session has no user, and
    /// must be quick. <see langword="null"/> from it: no user.
    /// </summary>
    /// <value>The default is <see langword="null"/>: such sessions belong to no user.</value>
    public Func<ServerSession, string?>? Subject { get; set; }

    /// <summary>
    /// Gets or sets the key of the hash under which a user's sessions are listed. With it, who can read the store but has no key cannot
    /// test whether a user is in it. It must never change: a changed key loses all lists until <see cref="IUserSessions.RebuildAsync"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: a hash without a key. Otherwise at least 16 characters.</value>
    public string? IndexKey { get; set; }
}
