using System.Diagnostics;
using System.Globalization;
using ServerSessions.Stores;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Checks;

/// <summary>A look at some sessions: whether they are sessions, sealed or not, how large, how many with a user.</summary>
internal sealed class ContentChecks(OpenedStore store)
{
    private const int Sample = 100;

    // A request reads and writes its whole session. From here on this costs more than the rest of a small request.
    private const int LargeBytes = 64 * 1024;

    public async Task<IReadOnlyList<StoreCheck>> RunAsync(CancellationToken cancellationToken)
    {
        if (store.Store is not IEnumerableSessionStore enumerable)
        {
            return [StoreCheck.Unknown(StoreCheckGroup.Content, "sessions", "the store cannot list them", "Ask the application.")];
        }

        var started = Stopwatch.GetTimestamp();
        var count = await enumerable.LengthAsync(cancellationToken);
        var counting = Stopwatch.GetElapsedTime(started);
        var sample = await enumerable.AllAsync(cancellationToken).Take(Sample).ToListAsync(cancellationToken);
        var kinds = sample.Select(store.Read).ToArray();
        return
        [
            StoreCheck.Passed(StoreCheckGroup.Content, "sessions", $"{Words.Number(count)}, counted in {Words.Milliseconds(counting)}") with
            {
                Count = count,
            },
            .. sample.Count == 0 ? [] : OfSample(sample, kinds),
        ];
    }

    private static IEnumerable<StoreCheck> OfSample(List<SessionEntry> sample, SessionContent[] contents)
    {
        var unreadable = Of(SessionKind.Unreadable);
        yield return StoreCheck.Of(
            unreadable == 0,
            StoreCheckGroup.Content,
            "form",
            $"of {sample.Count}: {Of(SessionKind.Session)} plain, {Of(SessionKind.Sealed)} sealed, {Of(SessionKind.Tombstone)} tombstones, "
                + $"{unreadable} unreadable",
            "no unreadable ones",
            "Another application uses this place, or the records are damaged. Look at them with 'session ls'."
        );
        var sizes = sample.Select(static entry => entry.Record.Payload.Length).Order().ToArray();
        yield return StoreCheck.Of(
            sizes[^1] <= LargeBytes,
            StoreCheckGroup.Content,
            "sizes",
            $"median {Words.Bytes(sizes[sizes.Length / 2])}, largest {Words.Bytes(sizes[^1])}",
            $"at most {Words.Bytes(LargeBytes)}",
            "Each request reads and writes the whole session. Keep large data in a database, and its key in the session."
        );
        var users = contents.Count(static content => content.User is not null);
        yield return StoreCheck.Passed(
            StoreCheckGroup.Content,
            "users",
            string.Create(CultureInfo.InvariantCulture, $"{users} of {sample.Count} name their user")
        );

        int Of(SessionKind kind) => contents.Count(content => content.Kind == kind);
    }
}
