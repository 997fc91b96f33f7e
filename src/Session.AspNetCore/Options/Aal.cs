namespace ServerSessions;

/// <summary>
/// The Authentication Assurance Level of NIST SP 800-63B-4 that an application is meant for. Of what the standard asks for at a level
/// <c>UseStrictDefaults</c> sets how long a session lives (sections 2.1.3, 2.2.3 and 2.3.3); how a user proves who she is belongs to the
/// application.
/// </summary>
public enum Aal
{
    /// <summary>
    /// AAL1: a session ends after 30 days in any case. The standard asks for no end by inactivity; the default lifetime of one day without
    /// use stays.
    /// </summary>
    One = 1,

    /// <summary>AAL2: a session ends after one hour without use, and after 24 hours in any case.</summary>
    Two = 2,

    /// <summary>AAL3: a session ends after 15 minutes without use, and after 12 hours in any case.</summary>
    Three = 3,
}
