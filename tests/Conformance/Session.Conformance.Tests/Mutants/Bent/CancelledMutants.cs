using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong when a call is cancelled: a result that is not true, or a wait that goes on.</summary>
internal static class CancelledMutants
{
    private const string Phrase = "with a cancelled token that completes: the true result";

    public static IEnumerable<Mutant> All =>
        [
            Of("a cancelled get says absent", $"get {Phrase}", s => new Bent(s)
            {
                OnGet = static (_, _, token, next) => token.IsCancellationRequested ? new((SessionRecord?)null) : next(),
            }),
            Of("a cancelled touch says absent", $"touch {Phrase}", s => new Bent(s)
            {
                OnTouch = static (_, _, _, token, next) => token.IsCancellationRequested ? new(false) : next(),
            }),
            Of("a cancelled get and touch says absent", $"get and touch {Phrase}", s => new Bent(s)
            {
                OnReadAndTouch = static (_, _, token, next) => token.IsCancellationRequested ? new(default(GetAndTouchResult)) : next(),
            }),
            Of("a cancelled length is 0", $"length {Phrase}", s => new Bent(s)
            {
                OnLength = static (_, token, next) => token.IsCancellationRequested ? new(0L) : next(),
            }),
            Of("a cancelled listing is empty", $"all {Phrase}", s => new Bent(s)
            {
                OnAll = static (_, token, next) => token.IsCancellationRequested ? None() : next(),
            }),
            Of("a cancelled try-set says changed", $"try-set {Phrase}", s => new Bent(s)
            {
                OnTrySet = static (_, _, _, token, next) => token.IsCancellationRequested ? new(ConditionalSetResult.Changed) : next(),
            }),
            Of("a cancelled set returns and writes nothing", "after a set with a cancelled token that completed", s => new Bent(s)
            {
                OnSet = static (_, _, _, token, next) => token.IsCancellationRequested ? ValueTask.CompletedTask : next(),
            }),
            Of("a cancelled destroy returns and removes nothing", "after a destroy with a cancelled token that completed", s => new Bent(s)
            {
                OnDestroy = static (_, _, token, next) => token.IsCancellationRequested ? ValueTask.CompletedTask : next(),
            }),
            Of("a cancelled clear returns and removes nothing", "after a clear with a cancelled token that completed", s => new Bent(s)
            {
                OnClear = static (_, token, next) => token.IsCancellationRequested ? ValueTask.CompletedTask : next(),
            }),
            Mutant.Of("a cancelled prune has removed none", "PRN-06", "with a cancelled token: an exception, or 1,000", s => new Bent(s)
            {
                OnPruneCall = static (_, _, token, next) => token.IsCancellationRequested ? new(0) : next(),
            }),
            Waits(SessionStoreOperation.Set, "set"),
            Waits(SessionStoreOperation.All, "all"),
            Waits(SessionStoreOperation.Clear, "clear"),
            Waits(SessionStoreOperation.Prune, "prune"),
            Mutant.Of("disposal waits for the backend", "DSP-05", "disposal while the backend hangs: it ends", s => new Bent(s)
            {
                OnDispose = static async (b, next) =>
                {
                    if (b.Space.Fault == StoreFault.Hang)
                    {
                        await b.Space.Mended;
                    }

                    await next();
                },
            }),
            Mutant.Of("disposal waits for the calls in progress", "DSP-05", "disposal while the backend hangs: it ends", s => new Bent(s)
            {
                OnHang = static async (b, _, token, _) =>
                {
                    b.Memory["waits"] = b.Space.Mended;
                    await b.Space.Mended.WaitAsync(token);
                },
                OnDispose = static async (b, next) =>
                {
                    if (b.Memory.TryGetValue("waits", out var mended))
                    {
                        await (Task)mended;
                    }

                    await next();
                },
            }),
            Mutant.Of("touch does not look whether it is disposed", "DSP-02", "touch after disposal", s => new Bent(s)
            {
                OnDispose = static (b, next) =>
                {
                    b.Memory["disposed"] = true;
                    return next();
                },
                OnTouch = static (b, _, _, _, next) =>
                    b.Memory.ContainsKey("disposed")
                        ? ((object?)null)!.GetHashCode() > 0
                            ? new(true)
                            : new(false)
                        : next(),
            }),
            Mutant.Of("the listing breaks on a closed channel", "DSP-02", "all after disposal", s => new Bent(s)
            {
                OnDispose = static (b, next) =>
                {
                    b.Memory["disposed"] = true;
                    return next();
                },
                OnAll = static (b, _, next) =>
                    b.Memory.ContainsKey("disposed") ? throw new System.Threading.Channels.ChannelClosedException() : next(),
            }),
            Mutant.Of("disposal throws", "DSP-01", "the first disposal: no exception", s => new Bent(s)
            {
                OnDispose = static (_, _) => throw new InvalidOperationException("still in use"),
            }),
            Mutant.Hanging("clear blocks on the caller's context", "CON-08", "did not end within", s => new Bent(s)
            {
                OnClear = static (_, _, next) =>
                {
                    if (SynchronizationContext.Current is not null)
                    {
#pragma warning disable RS0030 // What no store may do is what this one does.
                        SlowlyAsync().GetAwaiter().GetResult();
#pragma warning restore RS0030
                    }

                    return next();
                },
            }) with
            {
                IsRacy = true,
            },
        ];

    private static Mutant Of(string name, string phrase, Func<Setup, Bent> make) => Mutant.Of(name, "CAN-01", phrase, make);

    private static Mutant Waits(SessionStoreOperation operation, string what) =>
        Mutant.Of($"{what} is not given its token", "CAN-04", $"{what} from a backend that hangs, cancelled: it ends", s => new Bent(s)
        {
            OnHang = (b, one, token, next) => one == operation ? new(b.Space.Mended) : next(token),
        });

    private static async Task SlowlyAsync() => await Task.Delay(1);

    private static async IAsyncEnumerable<SessionEntry> None()
    {
        await Task.CompletedTask;
        yield break;
    }
}
