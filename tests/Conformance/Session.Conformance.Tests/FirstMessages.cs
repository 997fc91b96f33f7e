namespace ServerSessions.Conformance.Tests;

/// <summary>A mutant, the case that its author reads first, and the words there that name what is wrong.</summary>
internal sealed record FirstMessage(string Mutant, string Case, string Says);

/// <summary>What the first message says of the mutants that <see cref="FirstMessageTests"/> chooses; by hand.</summary>
internal static class FirstMessages
{
    public static IReadOnlyList<FirstMessage> All { get; } =
    [
        new("length counts upserts", "ENU-06", "a counter beside the data"),
        new("try-set never shortens", "CND-03", "the expiry is not written, or only if it is later"),
        new("the timer runs once", "PRN-04", "the timer is started once and not again"),
        new(
            "touch lets the driver's exception out",
            "ERR-03",
            "touch while the backend is unreachable: a SessionStoreException with IsTransient"
        ),
        new(
            "a removed entry is a FileNotFoundException, undeclared",
            "NFD-06",
            "FileNotFoundException, which consumers take for trouble with the backend: the store does not declare MissingFileMeansAbsent"
        ),
        new("null record means remove", "GSD-14", "null is taken for 'remove'"),
        new("world-readable file", "SEC-03", "mode 644"),
        new("one bad row fails all", "ERR-04", "reading one entry reads them all"),
        new(
            "the listing lets the driver's exception out",
            "ERR-03",
            "all while the backend is unreachable: a SessionStoreException with IsTransient"
        ),
        new("result buffer from a pool", "ISO-01", "buffers from a pool are returned and used again"),
        new("get and touch is a change", "GTT-09", "touching renews the token"),
        new("known ids are kept in memory", "NFD-06", "a list of known ids is kept in memory and the entry is taken for granted"),
        new("get makes up an empty session", "GSD-01", "an empty record is made up for a missing one"),
        new("a buffer of 8 KiB holds one byte less", "PAY-13", "a buffer that is exactly full loses its last byte"),
        new("expired counted", "ENU-03", "rows are counted without their expiry"),
        new("strict comparison at the instant", "EXP-03", "now > expires instead of now >= expires"),
        new("touch writes data", "TCH-02", "touch stores the payload it was given"),
        new("a set of the same bytes is skipped", "EXP-18", "a set of unchanged bytes is skipped"),
        new("empty session is not found", "GSD-10", "an empty session is taken for none"),
        new("abandons its queue when disposed", "DSP-03", "a queue is abandoned with callers in it"),
        new("nothing works after clear", "ENU-11", "the table or folder itself is removed"),
        new("touch only lengthens", "TCH-06", "the later of two expiries is kept (ZADD GT, GREATEST)"),
        new(
            "get and touch takes an empty prefix for no session",
            "GTT-08",
            "an empty parameter is null to the backend, and equal to nothing"
        ),
        new("declares clear, throws NotSupported", "CAP-01", "ClearAsync of IEnumerableSessionStore, which the store declares: it works"),
        new("try-set without an expiry leaves the old one", "EXP-17", "try-set without an expiry, of a session with a later expiry"),
        new("touch upserts", "TCH-03", "an upsert is used for touch"),
        new("touch skips a past expiry", "TCH-14", "the touch is skipped"),
        new("a cancelled destroy returns and removes nothing", "CAN-01", "after a destroy with a cancelled token that completed: absent"),
        new(
            "touch returns false if nothing differs",
            "TCH-13",
            "the number of rows changed is not what the driver reports when nothing differs"
        ),
        new("a failed destroy is seen once", "LIN-02", "no order"),
    ];
}
