namespace ServerSessions;

/// <summary>
/// What a browser keeps for a site, as the header <c>Clear-Site-Data</c> names it:
/// <see cref="ServerSessionOptions.ClearSiteDataOnDestroy"/>. Values can be combined.
/// </summary>
[Flags]
public enum SessionSiteData
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>
    /// The responses of this origin in the browser's cache. Some browsers take seconds for it, in which the response waits.
    /// </summary>
    Cache = 1,

    /// <summary>
    /// All cookies of the registrable domain, subdomains included, whichever application has set them, and those that this response sets.
    /// </summary>
    Cookies = 2,

    /// <summary>What scripts and service workers of this origin have stored: <c>localStorage</c>, IndexedDB and the like.</summary>
    Storage = 4,
}
