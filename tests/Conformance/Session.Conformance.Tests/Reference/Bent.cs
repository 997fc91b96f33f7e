using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ServerSessions.Conformance.Tests.Reference;

/// <summary>
/// A store that is right but for the steps that are given: each gets the right one, and may do otherwise. Small mutants and oddities are
/// made of it in a line or two.
/// </summary>
internal sealed class Bent(Setup s) : ReferenceStore(s)
{
    /// <summary>What a step may remember.</summary>
    public ConcurrentDictionary<string, object> Memory { get; } = new(StringComparer.Ordinal);

    public new Space Space => base.Space;

    public new StoreRequest Request => base.Request;

    public DateTimeOffset Time => Now;

    public Func<string, string>? OnKey { get; init; }

    public Func<string, string>? OnSid { get; init; }

    public Func<Bent, Row, bool, bool>? OnLive { get; init; }

    public Func<byte[], byte[]>? OnEncode { get; init; }

    public Func<byte[], ReadOnlyMemory<byte>>? OnDecode { get; init; }

    public Func<Bent, SessionRecord, DateTimeOffset, DateTimeOffset>? OnExpiry { get; init; }

    public Func<Bent, string, Func<Row?>, Row?>? OnFind { get; init; }

    public Func<Bent, Row, SessionRecord, SessionRecord>? OnRecord { get; init; }

    public Action<Bent, string, SessionRecord, Action<SessionRecord>>? OnPut { get; init; }

    public Action<Bent, string, Action>? OnRemove { get; init; }

    public Func<Bent, string, SessionRecord, Func<SessionRecord, bool>, bool>? OnRetouch { get; init; }

    public Func<Bent, string, SessionTouchPlan, Func<SessionTouchPlan, GetAndTouchResult>, GetAndTouchResult>? OnGetAndTouch { get; init; }

    public Func<Bent, Row?, SessionRecord?, ConditionalSetResult, ConditionalSetResult>? OnCompare { get; init; }

    public Func<Bent, int, Func<int, int>, int>? OnPrune { get; init; }

    public Func<Bent, SessionStoreOperation, CancellationToken, Func<CancellationToken, ValueTask>, ValueTask>? OnEnter { get; init; }

    public Func<Bent, SessionStoreOperation, CancellationToken, Func<CancellationToken, ValueTask>, ValueTask>? OnHang { get; init; }

    public Func<Bent, string, CancellationToken, Func<ValueTask<SessionRecord?>>, ValueTask<SessionRecord?>>? OnGet { get; init; }

    public Func<Bent, string, SessionRecord, CancellationToken, Func<ValueTask>, ValueTask>? OnSet { get; init; }

    public Func<Bent, string, CancellationToken, Func<ValueTask>, ValueTask>? OnDestroy { get; init; }

    public Func<Bent, string, SessionRecord, CancellationToken, Func<ValueTask<bool>>, ValueTask<bool>>? OnTouch { get; init; }

    public Func<
        Bent,
        string,
        SessionRecord,
        CancellationToken,
        Func<ValueTask<ConditionalSetResult>>,
        ValueTask<ConditionalSetResult>
    >? OnTrySet
    { get; init; }

    public Func<
        Bent,
        string,
        CancellationToken,
        Func<ValueTask<GetAndTouchResult>>,
        ValueTask<GetAndTouchResult>
    >? OnReadAndTouch
    { get; init; }

    public Func<Bent, CancellationToken, Func<ValueTask<long>>, ValueTask<long>>? OnLength { get; init; }

    public Func<Bent, CancellationToken, Func<ValueTask>, ValueTask>? OnClear { get; init; }

    public Func<Bent, int, CancellationToken, Func<ValueTask<int>>, ValueTask<int>>? OnPruneCall { get; init; }

    public Func<Bent, CancellationToken, Func<IAsyncEnumerable<SessionEntry>>, IAsyncEnumerable<SessionEntry>>? OnAll { get; init; }

    public Func<Bent, IEnumerable<KeyValuePair<string, Row>>, IEnumerable<KeyValuePair<string, Row>>>? OnListed { get; init; }

    public Func<Bent, Func<ValueTask>, ValueTask>? OnDispose { get; init; }

    public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        OnGet is null || !Sid.IsValid(sid)
            ? await base.GetAsync(sid, cancellationToken)
            : await OnGet(this, sid, cancellationToken, () => base.GetAsync(sid, cancellationToken));

    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        if (OnSet is null || !Sid.IsValid(sid) || record is null)
        {
            await base.SetAsync(sid, record!, cancellationToken);
            return;
        }

        await OnSet(this, sid, record, cancellationToken, () => base.SetAsync(sid, record, cancellationToken));
    }

    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        if (OnDestroy is null || !Sid.IsValid(sid))
        {
            await base.DestroyAsync(sid, cancellationToken);
            return;
        }

        await OnDestroy(this, sid, cancellationToken, () => base.DestroyAsync(sid, cancellationToken));
    }

    public override async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        OnTouch is null || !Sid.IsValid(sid) || record is null
            ? await base.TouchAsync(sid, record!, cancellationToken)
            : await OnTouch(this, sid, record, cancellationToken, () => base.TouchAsync(sid, record, cancellationToken));

    public override async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    ) =>
        OnReadAndTouch is null || !Sid.IsValid(sid)
            ? await base.GetAndTouchAsync(sid, plan, cancellationToken)
            : await OnReadAndTouch(this, sid, cancellationToken, () => base.GetAndTouchAsync(sid, plan, cancellationToken));

    public override async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) =>
        OnTrySet is null || !Sid.IsValid(sid) || record is null
            ? await base.TrySetAsync(sid, record!, expected, cancellationToken)
            : await OnTrySet(this, sid, record, cancellationToken, () => base.TrySetAsync(sid, record, expected, cancellationToken));

    public override async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) =>
        OnLength is null
            ? await base.LengthAsync(cancellationToken)
            : await OnLength(this, cancellationToken, () => base.LengthAsync(cancellationToken));

    public override async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        if (OnClear is null)
        {
            await base.ClearAsync(cancellationToken);
            return;
        }

        await OnClear(this, cancellationToken, () => base.ClearAsync(cancellationToken));
    }

    public override async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default) =>
        OnPruneCall is null || batch < 1
            ? await base.PruneAsync(batch, cancellationToken)
            : await OnPruneCall(this, batch, cancellationToken, () => base.PruneAsync(batch, cancellationToken));

    public override async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = OnAll is null ? base.AllAsync(cancellationToken) : OnAll(this, cancellationToken, () => base.AllAsync(cancellationToken));
        await foreach (var entry in all)
        {
            yield return entry;
        }
    }

    public override ValueTask DisposeAsync() => OnDispose is null ? base.DisposeAsync() : OnDispose(this, base.DisposeAsync);

    public Row? Look(string sid) => Find(sid);

    public Row RowOf(SessionRecord record, DateTimeOffset expires) => NewRow(record, expires);

    public DateTimeOffset EndOf(SessionRecord record) => ExpiryOf(record);

    public void Write(string sid, Func<Row, Row> change)
    {
        if (Space.Rows.TryGetValue(Key(sid), out var row))
        {
            Space.Rows[Key(sid)] = change(row);
        }
    }

    protected override string Key(string sid) => OnKey is null ? sid : OnKey(sid);

    protected override string SidOf(string key) => OnSid is null ? key : OnSid(key);

    protected override Row? Find(string sid) => OnFind is null ? base.Find(sid) : OnFind(this, sid, () => base.Find(sid));

    protected override bool IsLive(Row row) => OnLive is null ? base.IsLive(row) : OnLive(this, row, base.IsLive(row));

    protected override byte[] Encode(ReadOnlyMemory<byte> payload) => OnEncode is null ? payload.ToArray() : OnEncode(payload.ToArray());

    protected override ReadOnlyMemory<byte> Decode(byte[] stored) => OnDecode is null ? stored : OnDecode(stored);

    protected override DateTimeOffset ExpiryOf(SessionRecord record) =>
        OnExpiry is null ? base.ExpiryOf(record) : OnExpiry(this, record, base.ExpiryOf(record));

    protected override SessionRecord ToRecord(Row row) => OnRecord is null ? base.ToRecord(row) : OnRecord(this, row, base.ToRecord(row));

    protected override void Put(string sid, SessionRecord record)
    {
        if (OnPut is null)
        {
            base.Put(sid, record);
            return;
        }

        OnPut(this, sid, record, next => base.Put(sid, next));
    }

    protected override void Remove(string sid)
    {
        if (OnRemove is null)
        {
            base.Remove(sid);
            return;
        }

        OnRemove(this, sid, () => base.Remove(sid));
    }

    protected override bool Retouch(string sid, SessionRecord record) =>
        OnRetouch is null ? base.Retouch(sid, record) : OnRetouch(this, sid, record, next => base.Retouch(sid, next));

    protected override GetAndTouchResult GetAndTouch(string sid, SessionTouchPlan plan) =>
        OnGetAndTouch is null ? base.GetAndTouch(sid, plan) : OnGetAndTouch(this, sid, plan, next => base.GetAndTouch(sid, next));

    protected override ConditionalSetResult Compare(Row? row, SessionRecord? expected) =>
        OnCompare is null ? base.Compare(row, expected) : OnCompare(this, row, expected, base.Compare(row, expected));

    protected override int Prune(int batch) => OnPrune is null ? base.Prune(batch) : OnPrune(this, batch, base.Prune);

    protected override IEnumerable<KeyValuePair<string, Row>> Listed() => OnListed is null ? base.Listed() : OnListed(this, base.Listed());

    protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
        OnEnter is null
            ? base.EnterAsync(operation, cancellationToken)
            : OnEnter(this, operation, cancellationToken, token => base.EnterAsync(operation, token));

    protected override ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
        OnHang is null
            ? base.WaitAsync(operation, cancellationToken)
            : OnHang(this, operation, cancellationToken, token => base.WaitAsync(operation, token));
}
