using System.Runtime.CompilerServices;

namespace ServerSessions.Conformance;

/// <summary>
/// The store as cases use it. Each call goes into the transcript, absence in any form is null, and an exception names its call. The
/// optional interfaces are methods.
/// </summary>
internal sealed class RecordingStore(ISessionStore store, CaseContext context, string prefix)
{
    // Consumers ask once, at start.
    private readonly bool _missingFileMeansAbsent = store.MissingFileMeansAbsent;

    public ISessionStore Raw => store;

    public ITouchableSessionStore Touchable => store as ITouchableSessionStore ?? throw Lacks(nameof(ITouchableSessionStore));

    public IEnumerableSessionStore Enumerable => store as IEnumerableSessionStore ?? throw Lacks(nameof(IEnumerableSessionStore));

    public IConditionalSessionStore Conditional => store as IConditionalSessionStore ?? throw Lacks(nameof(IConditionalSessionStore));

    public IGetAndTouchSessionStore GetAndTouchable => store as IGetAndTouchSessionStore ?? throw Lacks(nameof(IGetAndTouchSessionStore));

    public IPrunableSessionStore Prunable => store as IPrunableSessionStore ?? throw Lacks(nameof(IPrunableSessionStore));

    private bool IsAbsence(Exception error) =>
        error is SessionNotFoundException || (_missingFileMeansAbsent && error is FileNotFoundException or DirectoryNotFoundException);

    public async Task<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        (await GetWithFaceAsync(sid, cancellationToken)).Record;

    /// <summary>
    /// The result of get and its form: <c>a session</c>, <c>null</c>, or the name of an exception that means absence.
    /// </summary>
    public async Task<(SessionRecord? Record, string Face)> GetWithFaceAsync(string sid, CancellationToken cancellationToken = default)
    {
        var call = context.Transcript.Begin($"{prefix}get {Name(sid)}");
        try
        {
            var record = await store.GetAsync(sid, cancellationToken);
            call.End(record is null ? "absent" : (object)record);
            return (record, record is null ? "null" : "a session");
        }
        catch (Exception error) when (IsAbsence(error))
        {
            call.End($"absent ({error.GetType().Name})");
            context.Saw(error);
            return (null, error.GetType().Name);
        }
        catch (Exception error)
        {
            throw Threw(call, "GetAsync", error);
        }
    }

    public Task SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        CallAsync(
            $"set {Name(sid)}",
            "SetAsync",
            async () =>
            {
                await store.SetAsync(sid, record, cancellationToken);
                return "done";
            },
            record
        );

    public Task DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        CallAsync($"destroy {Name(sid)}", "DestroyAsync", async () =>
        {
            await store.DestroyAsync(sid, cancellationToken);
            return "done";
        });

    public Task<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        CallAsync($"touch {Name(sid)}", "TouchAsync", async () => await Touchable.TouchAsync(sid, record, cancellationToken), record);

    public async Task<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        ReadOnlyMemory<byte> prefix,
        DateTimeOffset? expires,
        CancellationToken cancellationToken = default
    )
    {
        var result = default(GetAndTouchResult);
        var condition = prefix.IsEmpty ? "" : $" if it begins with {prefix.Length} bytes";
        await CallAsync(
            $"get and touch {Name(sid)}{condition}, to {(expires is { } instant ? Text.Instant(instant) : "the default")}",
            "GetAndTouchAsync",
            async () =>
            {
                result = await GetAndTouchable.GetAndTouchAsync(
                    sid,
                    new SessionTouchPlan { Prefix = prefix, Expires = expires },
                    cancellationToken
                );
                return $"{(result.Record is { } record ? TranscriptCall.Describe(record) : "absent")}, "
                    + $"{(result.IsTouched ? "touched" : "not touched")}";
            }
        );
        return result;
    }

    public Task<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            $"try-set {Name(sid)}, expecting {(expected is null ? "absence" : "a session")}",
            "TrySetAsync",
            async () => await Conditional.TrySetAsync(sid, record, expected, cancellationToken),
            record
        );

    public Task<long> LengthAsync(CancellationToken cancellationToken = default) =>
        CallAsync("length", "LengthAsync", async () => await Enumerable.LengthAsync(cancellationToken));

    public Task ClearAsync(CancellationToken cancellationToken = default) => CallAsync("clear", "ClearAsync", async () =>
        {
            await Enumerable.ClearAsync(cancellationToken);
            return "done";
        });

    public Task<int> PruneAsync(int batch, CancellationToken cancellationToken = default) =>
        CallAsync($"prune {batch}", "PruneAsync", async () => await Prunable.PruneAsync(batch, cancellationToken));

    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = context.Transcript.Begin($"{prefix}all");
        var count = 0;
        await using var entries = Begin();
        while (await MoveNextAsync())
        {
            count++;
            yield return entries.Current;
        }

        call.End($"{count} sessions");

        IAsyncEnumerator<SessionEntry> Begin()
        {
            try
            {
                return Enumerable.AllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            }
            catch (Exception error) when (error is not NotOfferedException)
            {
                throw Threw(call, "AllAsync", error);
            }
        }

        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await entries.MoveNextAsync();
            }
            catch (Exception error)
            {
                throw Threw(call, "AllAsync", error);
            }
        }
    }

    /// <summary>The whole listing by id.</summary>
    public async Task<List<SessionEntry>> ListAsync(CancellationToken cancellationToken = default)
    {
        // A listing that never ends is a finding, not a time-out: of those that repeat themselves this is enough to see it.
        const int Repeats = 1000;
        var entries = new List<SessionEntry>();
        var (seen, repeats) = (new HashSet<string>(StringComparer.Ordinal), 0);
        await foreach (var entry in AllAsync(cancellationToken))
        {
            entries.Add(entry);
            repeats += seen.Add(entry.Sid) ? 0 : 1;
            if (repeats == Repeats)
            {
                context.Expect.Add("a listing that ends", $"it repeats itself: {entries.Count} steps for {seen.Count} ids so far");
                break;
            }
        }

        return entries;
    }

    /// <summary>Disposes the store, asynchronously if it can.</summary>
    public Task DisposeAsync() => CallAsync("dispose", "DisposeAsync", async () =>
        {
            switch (store)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            return "done";
        });

    private async Task<T> CallAsync<T>(string what, string member, Func<Task<T>> run, SessionRecord? record = null)
    {
        var call = context.Transcript.Begin(prefix + what, record);
        try
        {
            var result = await run();
            call.End($"{result}");
            return result;
        }
        catch (Exception error) when (error is not NotOfferedException)
        {
            throw Threw(call, member, error);
        }
    }

    private StoreThrewException Threw(TranscriptCall call, string member, Exception error)
    {
        call.End($"throws {error.GetType().Name}");
        context.Saw(error);
        return new StoreThrewException(member, error);
    }

    private string Name(string? sid) => context.Transcript.NameOf(sid);

    private static NotOfferedException Lacks(string name) => new($"The store does not implement {name}.");
}
