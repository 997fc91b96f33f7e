namespace ServerSessions;

/// <summary>
/// The Authentication Assurance Level of NIST SP 800-63B-4 for which an application is built. <c>UseStrictDefaults</c> sets only the
/// session lifetimes of the level (sections 2.1.3, 2.2.3 and 2.3.3). How a user authenticates is up to the application.
/// </summary>
public enum Aal
{
    /// <summary>
    /// AAL1: a session lives at most 30 days. The standard requires no inactivity timeout; the default lifetime of one day without use
    /// still applies.
    /// </summary>
    One = 1,

    /// <summary>AAL2: a session ends after one hour without use, and lives at most 24 hours.</summary>
    Two = 2,

    /// <summary>AAL3: a session ends after 15 minutes without use, and lives at most 12 hours.</summary>
    Three = 3,
}
