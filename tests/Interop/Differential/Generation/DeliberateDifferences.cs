using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Generation;

/// <summary>
/// Keeps the generator away from the few places where the two differ on purpose and one client can see it. All of them follow from "saved
/// before sent": after the first byte the session is in this project's store, in express-session's only when the response ends. Each is
/// described in docs/express.md.
/// </summary>
internal static class DeliberateDifferences
{
    // They find the stored session, or leave it as it is. Where the application has saved it itself before the first byte, both have the
    // same one.
    private static readonly string[] ShowWhatWasSavedEarly = ["[\"reload\"]", "[\"throw\"", "[\"unset\"]", "[\"del\""];

    // express-session's response does not end after an error that comes too late, so it commits nothing of what was done since.
    private static readonly string[] WaitForTheEnd = ["[\"set\"", "[\"del\"", "[\"cookie.set\"", "[\"regenerate\"]", "[\"unset\"]"];

    // What the first byte has ended is gone here, and made again by express-session's later save.
    private static readonly string[] EndTheLifetime =
    [
        "[\"cookie.set\",\"maxAge\",-",
        "[\"cookie.set\",\"maxAge\",0",
        "[\"cookie.set\",\"expires\",\"2002",
    ];

    // Where no cookie is due with the first byte, express-session restarts the lifetime only at the end.
    private const string SetTheFullLifetime = "[\"cookie.set\",\"originalMaxAge\"";

    // What has been stored with the first byte and is removed after it is gone here; there it is stored at the end.
    private const string Vanish = "[\"vanish\"]";

    private const string Save = "[\"save\"]";

    private const string Write = "[\"write\"";

    /// <summary>Of a whole program, too: what one request stores decides what a later one sends with its first byte.</summary>
    public static ProgramRequest[] Avoid(ProgramRequest[] requests)
    {
        // A session that was stored with a full lifetime and no expiry gets its expiry with the first byte here, and so its cookie; there
        // only at the end.
        var mayHaveNoExpiry = false;
        for (var i = 0; i < requests.Length; i++)
        {
            var request = requests[i];
            if (mayHaveNoExpiry)
            {
                request = request with { Steps = [.. request.Steps.Where(static step => !Is(step, Write))] };
            }

            requests[i] = Avoid(request);
            mayHaveNoExpiry |= request.Steps.Any(static step => Is(step, SetTheFullLifetime));
        }

        return requests;
    }

    private static ProgramRequest Avoid(ProgramRequest request)
    {
        var firstWrite = request.Steps.ToList().FindIndex(static step => Is(step, Write));
        if (firstWrite < 0)
        {
            return request;
        }

        IEnumerable<string> before = request
            .Steps.Take(firstWrite)
            .Where(static step => !IsAny(step, EndTheLifetime) && !Is(step, SetTheFullLifetime));
        IEnumerable<string> after = request.Steps.Skip(firstWrite).Where(static step => !IsAny(step, EndTheLifetime) && !Is(step, Vanish));
        if (after.Any(static step => Is(step, "[\"throw\"")))
        {
            before = before.Where(static step => !Is(step, "[\"unset\"]"));
            after = after.Where(static step => !IsAny(step, WaitForTheEnd));
        }

        if (after.Any(static step => IsAny(step, ShowWhatWasSavedEarly)))
        {
            before = before.Append(Save);
        }

        return request with
        {
            Steps = [.. before, .. after],
        };
    }

    private static bool IsAny(string step, string[] starts) => starts.Any(start => Is(step, start));

    private static bool Is(string step, string start) => step.StartsWith(start, StringComparison.Ordinal);
}
