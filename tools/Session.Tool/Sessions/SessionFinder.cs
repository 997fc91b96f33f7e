using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Sessions;

/// <summary>Finds sessions by what an operator types: the beginning of a fingerprint, or an id as the store has it.</summary>
internal sealed class SessionFinder(OpenedStore store)
{
    // 24 bits: among 1,000 sessions, two begin alike with a probability of 3 %.
    private const int LeastDigits = 6;
    private const int FingerprintDigits = 8;

    /// <summary>Finds one session for each text, with one listing for all fingerprints.</summary>
    /// <exception cref="ToolException">There is none for a text, or more than one.</exception>
    public async Task<IReadOnlyList<SessionEntry>> FindAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var prefixes = texts.Where(IsPrefix).Distinct().ToDictionary(static text => text, static _ => new List<SessionEntry>());
        if (prefixes.Count > 0)
        {
            await foreach (var entry in store.Enumerable.AllAsync(cancellationToken))
            {
                var fingerprint = Sid.Fingerprint(entry.Sid);
                foreach (var (prefix, found) in prefixes)
                {
                    if (fingerprint.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    {
                        found.Add(entry);
                    }
                }
            }
        }

        var sessions = new List<SessionEntry>();
        foreach (var text in texts.Distinct())
        {
            sessions.Add(
                prefixes.TryGetValue(text, out var found) && found.Count > 0 ? Only(found, text) : await ByIdAsync(text, cancellationToken)
            );
        }

        return sessions;
    }

    private static bool IsPrefix(string text) => text.Length is >= LeastDigits and <= FingerprintDigits && text.All(char.IsAsciiHexDigit);

    private static SessionEntry Only(List<SessionEntry> found, string text) =>
        found.Count == 1
            ? found[0]
            : throw new ToolException(
                $"{Words.Number(found.Count)} sessions begin with '{text}'. "
                    + (text.Length < FingerprintDigits ? "Write more digits." : "Write the id that 'session ls --full-ids' shows."),
                ExitCodes.No
            );

    private async Task<SessionEntry> ByIdAsync(string text, CancellationToken cancellationToken)
    {
        var record = Sid.IsValid(text) ? await store.Store.GetAsync(text, cancellationToken) : null;
        return record is not null
            ? new SessionEntry(text, record)
            : throw new ToolException(
                IsPrefix(text)
                    ? $"No session begins with '{text}'."
                    : $"There is no session of that id. Write an id as the store has it, or at least {LeastDigits} digits of what 'session "
                        + "ls' shows.",
                ExitCodes.No
            );
    }
}
