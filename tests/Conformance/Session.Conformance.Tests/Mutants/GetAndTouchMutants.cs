using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in get and touch.</summary>
internal static class GetAndTouchMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("get and touch only reads", "GTT-01", "of a session that begins so: touched", s => new OnlyReads(s)),
            Mutant.Of(
                "get and touch returns the old expiry",
                "GTT-01",
                "of a session that begins so, which was returned as touched: Expires",
                s => new AnswersOldExpiry(s)
            ),
            Mutant.Of("get and touch looks at no prefix", "GTT-02", "of a session that begins otherwise: not touched", s => new LooksAtNone(
                s
            )),
            Mutant.Of(
                "get and touch looks for the prefix anywhere",
                "GTT-02",
                "of a session that begins otherwise: not touched",
                s => new LooksAnywhere(s)
            ),
            Mutant.Of(
                "get and touch compares no more than there is",
                "GTT-02",
                "of a session that begins otherwise: not touched",
                s => new ComparesLess(s)
            ),
            Mutant.Of(
                "get and touch says touched where it was there",
                "GTT-03",
                "get and touch number 1: not touched",
                s => new SaysTouched(s)
            ),
            Mutant.Of("get and touch creates", "GTT-04", "after get and touch of a session that was never stored", s => new Creates(s)),
            Mutant.Of(
                "get and touch revives the expired",
                "GTT-04",
                "get and touch of a session that has expired: absent, and not touched",
                s => new RevivesExpired(s)
            ),
            Mutant.Of("get and touch only lengthens", "GTT-05", "after the earlier expiry of get and touch", s => new OnlyLengthens(s)),
            Mutant.Of("get and touch without expiry only reads", "GTT-06", "get and touch without an expiry: Expires", s => new IgnoresNone(
                s
            )),
            Mutant.Of(
                "get and touch skips a past expiry",
                "GTT-07",
                "after get and touch with an expiry that is not in the future",
                s => new SkipsPast(s)
            ),
            Mutant.Of(
                "get and touch returns the session that it has ended",
                "GTT-07",
                "with an expiry that is not in the future: absent, and not touched",
                s => new AnswersEnded(s)
            ),
            Mutant.Of(
                "get and touch takes an empty prefix for no session",
                "GTT-08",
                "get and touch with an empty prefix: touched",
                s => new EmptyIsNone(s)
            ),
            Mutant.Of("get and touch is a change", "GTT-09", "expecting what get gave before get and touch: Stored", s => new IsChange(s)),
            Mutant.Of(
                "get and touch makes a token of its own",
                "GTT-09",
                "expecting what get and touch has given: Stored",
                s => new OwnToken(s)
            ),
            Mutant.Racing(
                "get and touch restores what it read",
                "GTT-10",
                "after destroy, with get and touch at the same time",
                s => new Restores(s)
            ),
            Mutant.Racing("get and touch reads, then writes back", "GTT-11", "a try-set among get and touch", s => new Restores(s)),
            Mutant.Of(
                "get and touch keeps the prefix's buffer",
                "GTT-12",
                "after the first prefix was written over: touched",
                s => new KeepsBuffer(s)
            ),
            Mutant.Of("get and touch touches all", "GTT-13", "another session, after get and touch", s => new TouchesAll(s)),
            Mutant.Of("get and touch accepts any sid", "GSD-13", "get and touch of the empty text", s => new AcceptsAny(s)),
            Mutant.Of(
                "get and touch reports cancellation as a backend failure",
                "CAN-01",
                "get and touch with a cancelled token",
                s => new WrapsCancellation(s)
            ),
            Mutant.Of(
                "declares get and touch, throws NotSupported",
                "CAP-01",
                "GetAndTouchAsync of IGetAndTouchSessionStore",
                s => new NotSupported(s)
            ),
        ];

    private sealed class OnlyReads(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            Find(sid) is { } row ? new GetAndTouchResult { Record = ToRecord(row) } : default;
    }

    private sealed class AnswersOldExpiry(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            var before = Find(sid);
            var result = base.GetAndTouch(sid, plan);
            return result.IsTouched ? new GetAndTouchResult { Record = ToRecord(before!), IsTouched = true } : result;
        }
    }

    private sealed class LooksAtNone(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(sid, plan with { Prefix = default });
    }

    private sealed class LooksAnywhere(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(
                sid,
                Find(sid) is { } row && Decode(row.Payload).Span.IndexOf(plan.Prefix.Span) >= 0 ? plan with { Prefix = default } : plan
            );
    }

    private sealed class ComparesLess(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(
                sid,
                Find(sid) is { } row && row.Payload.Length < plan.Prefix.Length
                    ? plan with
                    {
                        Prefix = plan.Prefix[..row.Payload.Length],
                    }
                    : plan
            );
    }

    private sealed class SaysTouched(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            var record = base.GetAndTouch(sid, plan).Record;
            return new GetAndTouchResult { Record = record, IsTouched = record is not null };
        }
    }

    private sealed class Creates(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            if (Find(sid) is null)
            {
                Put(sid, new SessionRecord("""{"cookie":{}}"""u8, plan.Expires));
                return default;
            }

            return base.GetAndTouch(sid, plan);
        }
    }

    private sealed class RevivesExpired(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            if (Space.Rows.TryGetValue(sid, out var row) && plan.Expires > Now)
            {
                Space.Rows[sid] = row with { Expires = Now.AddTicks(1) };
            }

            return base.GetAndTouch(sid, plan);
        }
    }

    private sealed class OnlyLengthens(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(
                sid,
                Find(sid) is { } row && plan.Expires > Now && plan.Expires < row.Expires ? plan with { Expires = row.Expires } : plan
            );
    }

    private sealed class IgnoresNone(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(sid, plan with { Expires = plan.Expires ?? Find(sid)?.Expires });
    }

    private sealed class SkipsPast(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            plan.Expires <= Now ? default : base.GetAndTouch(sid, plan);
    }

    private sealed class AnswersEnded(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            var before = Find(sid);
            var result = base.GetAndTouch(sid, plan);
            return result.Record is null && before is not null
                ? new GetAndTouchResult { Record = ToRecord(before), IsTouched = true }
                : result;
        }
    }

    private sealed class EmptyIsNone(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            plan.Prefix.IsEmpty && Find(sid) is { } row ? new GetAndTouchResult { Record = ToRecord(row) } : base.GetAndTouch(sid, plan);
    }

    private sealed class IsChange(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            if (Find(sid) is { } row)
            {
                Space.Rows[sid] = row with { Content = new object() };
            }

            return base.GetAndTouch(sid, plan);
        }
    }

    private sealed class OwnToken(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
            base.GetAndTouch(sid, plan) is { Record: { } record } result
                ? result with
                {
                    Record = SessionRecord.TakeOwnership(record.Payload, record.Expires, new object()),
                }
                : default;
    }

    private sealed class Restores(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            await base.DestroyAsync(sid, cancellationToken);
            _meeting.Come();
        }

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            var result = await base.TrySetAsync(sid, record, expected, cancellationToken);
            _meeting.Come();
            return result;
        }

        public override async ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        )
        {
            ThrowIfInvalid(sid);
            if (Find(sid) is not { } row)
            {
                return await base.GetAndTouchAsync(sid, plan, cancellationToken);
            }

            await _meeting.WaitAsync();
            Space.Rows[sid] = row;
            return await base.GetAndTouchAsync(sid, plan, cancellationToken);
        }
    }

    private sealed class KeepsBuffer(Setup s) : ReferenceStore(s)
    {
        private ReadOnlyMemory<byte> _last;

        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            _last = _last.Length == plan.Prefix.Length ? _last : plan.Prefix;
            return base.GetAndTouch(sid, plan with { Prefix = _last });
        }
    }

    private sealed class TouchesAll(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan)
        {
            foreach (var (key, row) in Space.Rows.Where(entry => IsLive(entry.Value) && plan.Expires > Now))
            {
                Space.Rows[key] = row with { Expires = plan.Expires!.Value };
            }

            return base.GetAndTouch(sid, plan);
        }
    }

    private sealed class AcceptsAny(Setup s) : ReferenceStore(s)
    {
        public override ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        ) => Sid.IsValid(sid) ? base.GetAndTouchAsync(sid, plan, cancellationToken) : default;
    }

    private sealed class WrapsCancellation(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                return await base.GetAndTouchAsync(sid, plan, cancellationToken);
            }
            catch (OperationCanceledException error)
            {
                throw new SessionStoreUnavailableException("The backend failed.", SessionStoreOperation.Get, "Mutant", error);
            }
        }
    }

    private sealed class NotSupported(Setup s) : ReferenceStore(s)
    {
        protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) => throw new NotSupportedException();
    }
}
