using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in compare and set.</summary>
internal static class ConditionalMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("an expired row counts as there", "CND-01", "(expired), expecting absence: Stored", s => new ExpiredIsThere(s)),
            Mutant.Of("'must not exist' is an upsert", "CND-02", "expecting absence: Changed", s => new Compares(
                s,
                (store, row, expected) => expected is null ? ConditionalSetResult.Stored : null
            )),
            Mutant.Of("the comparison never holds", "CND-03", "expecting what get has just given: Stored", s => new Compares(
                s,
                (store, row, expected) => row is not null ? ConditionalSetResult.Changed : null
            )),
            Mutant.Of("only existence is compared", "CND-04", "expecting the content before the last set: Changed", s => new Compares(
                s,
                (store, row, expected) => row is not null && expected is not null ? ConditionalSetResult.Stored : null
            )),
            Mutant.Of("missing is inserted", "CND-05", "expecting a session that was destroyed: Missing", s => new Compares(
                s,
                (store, row, expected) => row is null ? ConditionalSetResult.Stored : null
            )),
            Mutant.Of("missing is returned as changed", "CND-05", "expecting a session that was destroyed: Missing", s => new Compares(
                s,
                (store, row, expected) => row is null && expected is not null ? ConditionalSetResult.Changed : null
            )),
            Mutant.Of("a touch is a change", "CND-07", "that was only touched since: Stored", s => new TouchChanges(s)),
            Mutant.Racing("compare and set in two steps", "CND-08", "writers that add", s => new TwoSteps(s)),
            Mutant.Racing("look, then create", "CND-09", "that expect absence: one Stored", s => new TwoSteps(s)),
            Mutant.Racing("set after the comparison, whatever came", "CND-11", "with try-sets at the same time", s => new TwoSteps(s)),
            Mutant.Of("only tokens are compared", "CND-10", "expecting the record that was set: Stored", s => new Compares(
                s,
                (store, row, expected) => row is not null && expected is { Token: null } ? ConditionalSetResult.Changed : null
            )),
            Mutant.Of("try-set skips a past expiry", "CND-13", "after try-set with an expiry a minute ago", s => new SkipsPast(s)),
        ];

    private sealed class Compares(Setup s, Func<ReferenceStore, Row?, SessionRecord?, ConditionalSetResult?> compare) : ReferenceStore(s)
    {
        protected override ConditionalSetResult Compare(Row? row, SessionRecord? expected) =>
            compare(this, row, expected) ?? base.Compare(row, expected);
    }

    private sealed class ExpiredIsThere(Setup s) : ReferenceStore(s)
    {
        public override ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        ) =>
            Sid.IsValid(sid) && record is not null && expected is null && Space.Rows.ContainsKey(sid)
                ? ValueTask.FromResult(ConditionalSetResult.Changed)
                : base.TrySetAsync(sid, record!, expected, cancellationToken);
    }

    private sealed class TouchChanges(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = base.Retouch(sid, record);
            if (Find(sid) is { } row)
            {
                Space.Rows[sid] = row with { Content = new object() };
            }

            return there;
        }
    }

    private sealed class TwoSteps(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            ThrowIfInvalid(sid);
            ThrowIfInvalid(record);
            await EnterAsync(SessionStoreOperation.TrySet, cancellationToken);
            var result = Compare(Find(sid), expected);
            await _meeting.MeetAsync();
            if (result == ConditionalSetResult.Stored)
            {
                await PutAsync(sid, record);
            }

            return result;
        }
    }

    private sealed class SkipsPast(Setup s) : ReferenceStore(s)
    {
        public override ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        ) =>
            Sid.IsValid(sid) && record is not null && ExpiryOf(record) <= Now
                ? ValueTask.FromResult(ConditionalSetResult.Stored)
                : base.TrySetAsync(sid, record!, expected, cancellationToken);
    }
}
