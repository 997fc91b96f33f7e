namespace ServerSessions;

/// <summary>
/// The site data that a browser removes for the header <c>Clear-Site-Data</c>: <see cref="ServerSessionOptions.ClearSiteDataOnDestroy"/>.
/// Values can be combined.
/// </summary>
[Flags]
public enum SessionSiteData
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>
    /// The responses of this origin in the browser's cache. Some browsers need seconds to remove them, and delay the response.
    /// </summary>
    Cache = 1,

    /// <summary>
    /// All cookies of the registrable domain, subdomains included, also those of other applications and those that this response sets.
    /// </summary>
    Cookies = 2,

    /// <summary>The data that scripts and service workers of this origin have stored: <c>localStorage</c>, IndexedDB and similar.</summary>
    Storage = 4,
}
