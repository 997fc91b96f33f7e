using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong while the backend is away, denies access or takes no writes.</summary>
internal static class OutageMutants
{
    public static IEnumerable<Mutant> All =>
        [
            .. While(StoreFault.Unavailable, "the backend is away", "ERR-09", "while the backend is unreachable: an exception"),
            .. While(StoreFault.Denied, "access is denied", "NFD-10", "while access is denied: an exception"),
            Mutant.Of("an outage is not transient", "ERR-03", "a SessionStoreException that is not transient", s => new Bent(s)
            {
                OnEnter = static (b, operation, token, next) =>
                    b.Space.Fault == StoreFault.Unavailable
                        ? throw new SessionStoreException("It failed.", operation, "Mutant", isTransient: false)
                        : next(token),
            }),
            Mutant.Of("touch lets the driver's exception out", "ERR-03", "touch while the backend is unreachable", s => new Bent(s)
            {
                OnTouch = static (b, _, _, _, next) =>
                    b.Space.Fault == StoreFault.Unavailable ? throw new TimeoutException("ETIMEDOUT") : next(),
            }),
            Mutant.Of("the listing lets the driver's exception out", "ERR-03", "all while the backend is unreachable", s => new Bent(s)
            {
                OnAll = static (b, _, next) => b.Space.Fault == StoreFault.Unavailable ? throw new TimeoutException("ETIMEDOUT") : next(),
            }),
            .. Refused(),
        ];

    /// <summary>Each operation but get, with a result that a catch around it has made up.</summary>
    private static IEnumerable<Mutant> While(StoreFault fault, string when, string killedBy, string phrase)
    {
        bool Is(Bent b) => b.Space.Fault == fault;
        Mutant Make(string what, string operation, Func<Setup, Bent> make) =>
            Mutant.Of($"{what} while {when}", killedBy, $"{operation} {phrase}", make);
        yield return Make("touch says absent", "touch", s => new Bent(s) { OnTouch = (b, _, _, _, next) => Is(b) ? new(false) : next() });
        yield return Make("all yields nothing", "all", s => new Bent(s) { OnAll = (b, _, next) => Is(b) ? None() : next() });
        yield return Make("get and touch says absent", "get and touch", s => new Bent(s)
        {
            OnReadAndTouch = (b, _, _, next) => Is(b) ? new(default(GetAndTouchResult)) : next(),
        });
        yield return Make("destroy reports success", "destroy", s => new Bent(s)
        {
            OnDestroy = (b, _, _, next) => Is(b) ? ValueTask.CompletedTask : next(),
        });
        if (fault == StoreFault.Denied)
        {
            yield break;
        }

        yield return Make("length is 0", "length", s => new Bent(s) { OnLength = (b, _, next) => Is(b) ? new(0L) : next() });
        yield return Make("clear reports success", "clear", s => new Bent(s)
        {
            OnClear = (b, _, next) => Is(b) ? ValueTask.CompletedTask : next(),
        });
        yield return Make("prune has removed none", "prune", s => new Bent(s) { OnPruneCall = (b, _, _, next) => Is(b) ? new(0) : next() });
        yield return Make("try-set says missing", "try-set", s => new Bent(s)
        {
            OnTrySet = (b, _, _, _, next) => Is(b) ? new(ConditionalSetResult.Missing) : next(),
        });
        yield return Make("set is queued and acknowledged", "set", s => new Bent(s)
        {
            OnSet = (b, sid, record, _, next) =>
            {
                if (!Is(b))
                {
                    return next();
                }

                b.Memory[sid] = record;
                return ValueTask.CompletedTask;
            },
        });
    }

    private static IEnumerable<Mutant> Refused()
    {
        static bool Is(Bent b) => b.Space.Fault == StoreFault.ReadOnly;
        yield return Mutant.Of(
            "the old file goes before the new one is refused",
            "ERR-05",
            "the session from before, once the backend is mended",
            s => new Bent(s)
            {
                OnSet = static (b, sid, _, _, next) =>
                {
                    if (Is(b))
                    {
                        b.Space.Rows.TryRemove(sid, out _);
                    }

                    return next();
                },
            }
        );
        yield return Mutant.Of("a cache takes what the backend refuses", "ERR-05", "a new session whose set was refused", s => new Bent(s)
        {
            OnSet = static (b, sid, record, _, next) =>
            {
                if (Is(b))
                {
                    b.Memory[sid] = b.RowOf(record, b.EndOf(record));
                }

                return next();
            },
            OnFind = static (b, sid, next) => next() ?? b.Memory.GetValueOrDefault(sid) as Row,
        });
        yield return Mutant.Of(
            "the new payload goes in before the expiry is refused",
            "ERR-05",
            "the session from before, once the backend is mended",
            s => new Bent(s)
            {
                OnSet = static (b, sid, record, _, next) =>
                {
                    if (Is(b))
                    {
                        b.Write(sid, row => row with { Payload = record.Payload.ToArray() });
                    }

                    return next();
                },
            }
        );
        yield return Mutant.Of("a refused touch returns true", "ERR-05", "after the touch that returned true", s => new Bent(s)
        {
            OnTouch = static (b, _, _, _, next) => Is(b) ? new(true) : next(),
        });
        yield return Mutant.Of(
            "a refused destroy succeeds",
            "ERR-05",
            "after the destroy that succeeded while the backend took no writes",
            s => new Bent(s) { OnDestroy = static (b, _, _, next) => Is(b) ? ValueTask.CompletedTask : next() }
        );
        yield return Mutant.Of("a refused try-set is Stored", "ERR-05", "the session of the try-set that was Stored", s => new Bent(s)
        {
            OnTrySet = static (b, _, _, _, next) => Is(b) ? new(ConditionalSetResult.Stored) : next(),
        });
    }

    private static async IAsyncEnumerable<SessionEntry> None()
    {
        await Task.CompletedTask;
        yield break;
    }
}
