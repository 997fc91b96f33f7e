using Session.Interop.Differential.Model;
using Session.Interop.Driver;

namespace Session.Interop.Differential.Generation;

/// <summary>
/// Keeps the generator away from the few places where the two differ on purpose and one client can see it. Each is described in
/// docs/express.md.
/// </summary>
internal static class DeliberateDifferences
{
    // Saved before sent: after the first byte the session is in this project's store already, in express-session's only when the response ends.
    private static readonly string[] SeeWhatWasSavedEarly = ["[\"reload\"]", "[\"throw\"", "[\"unset\"]", "[\"del\""];

    // A lifetime that ends within the request: what the first byte has ended is gone here, and made anew by express-session's later save.
    // The remaining span decides about the cookie before the first byte in both, but express-session resets it only afterwards.
    private static readonly string[] EndOrResetTheLifetime =
    [
        "[\"cookie.set\",\"maxAge\"", "[\"cookie.set\",\"originalMaxAge\"", "[\"cookie.set\",\"expires\"",
    ];

    public static ProgramRequest Avoid(ProgramRequest request)
    {
        // An answer without a body is complete for the client with its headers: after an early flush express-session has not saved by then.
        if (request.Method == "HEAD" || request.Steps.Any(static step => Is(step, "[\"status\",204") || Is(step, "[\"status\",304")))
        {
            request = request with { Steps = [.. request.Steps.Where(static step => !Is(step, "[\"write\""))] };
        }

        var firstWrite = request.Steps.ToList().FindIndex(static step => Is(step, "[\"write\""));
        if (firstWrite < 0)
        {
            return request;
        }

        return request with
        {
            Steps = [.. request.Steps.Where((step, i) =>
                !EndOrResetTheLifetime.Any(start => Is(step, start))
                && (i < firstWrite || !SeeWhatWasSavedEarly.Any(start => Is(step, start))))],
        };
    }

    private static bool Is(string step, string start) => step.StartsWith(start, StringComparison.Ordinal);
}
