namespace ServerSessions;

/// <summary>What became of sessions that were to be ended, in the address of the page after it.</summary>
internal static class DashboardResult
{
    private const string Failed = "failed";
    private const string One = "1";
    private const string None = "0";
    private const string Many = "all";

    public static string Of(EndedUserSessions ended) =>
        ended switch
        {
            { Failed: > 0 } => Failed,
            { Ended: 0 } => None,
            { Ended: 1 } => One,
            _ => Many,
        };

    public static string? MessageOf(string? result) =>
        result switch
        {
            Failed => "The store failed in between. Some sessions may be live: end them again.",
            One => "One session is ended.",
            None => "No session was live any more.",
            Many => "The sessions are ended.",
            _ => null,
        };
}
