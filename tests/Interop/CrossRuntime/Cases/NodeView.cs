using System.Text.RegularExpressions;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>The JSON of a session in Node.</summary>
internal static partial class NodeView
{
    /// <summary>Without the member that session-file-store leaves in the session.</summary>
    public static string? Of(string? json) => json is null ? null : LastAccess().Replace(json, "");

    [GeneratedRegex("""(?<=[{,}\]"\w]),"__lastAccess":\d+""")]
    private static partial Regex LastAccess();
}
