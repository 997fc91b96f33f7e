using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about absence.</summary>
internal static class AbsenceMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("destroyed is an IOException", "NFD-01", "IOException, which consumers take for trouble", s => new DestroyedIsError(
                s,
                static () => new IOException("gone")
            )),
            Mutant.Of(
                "expired is a KeyNotFoundException",
                "NFD-02",
                "KeyNotFoundException, which consumers take for trouble",
                s => new ExpiredIsError(s, static () => new KeyNotFoundException())
            ),
            Mutant.Of(
                "destroyed is another not-found than expired",
                "NFD-03",
                "destroyed: FileNotFoundException",
                s => new DestroyedIsError(s, static () => new FileNotFoundException(), declares: true)
            ),
            Mutant.Of(
                "destroyed is a FileNotFoundException, undeclared",
                "NFD-01",
                "the store does not declare MissingFileMeansAbsent",
                s => new DestroyedIsError(s, static () => new FileNotFoundException())
            ),
            Mutant.Of(
                "expired is a DirectoryNotFoundException, undeclared",
                "NFD-02",
                "the store does not declare MissingFileMeansAbsent",
                s => new ExpiredIsError(s, static () => new DirectoryNotFoundException())
            ),
            Mutant.Of(
                "a removed entry is a FileNotFoundException, undeclared",
                "NFD-06",
                "the store does not declare MissingFileMeansAbsent",
                s => new TrustsItsIndex(s, static () => new FileNotFoundException())
            ),
            Mutant.Of(
                "an outage is a FileNotFoundException, declared",
                "NFD-09",
                "absent (FileNotFoundException)",
                s => new TroubleIsMissingFile(s, StoreFault.Unavailable)
            ),
            Mutant.Of(
                "a missing password file is a DirectoryNotFoundException, declared",
                "NFD-10",
                "absent (DirectoryNotFoundException)",
                s => new TroubleIsMissingFile(s, StoreFault.Denied)
            ),
            Mutant.Of("a refused login is not found", "NFD-10", "absent (null)", s => new RefusedIsAbsent(s)),
            Mutant.Of(
                "destroy of an expired session is not found",
                "NFD-04",
                "destroy of an expired session: no exception",
                s => new DestroyExpiredThrows(s)
            ),
            Mutant.Of(
                "touch of an absent session is not found",
                "NFD-05",
                "TouchAsync throws SessionNotFoundException",
                s => new TouchAbsentThrows(s)
            ),
            Mutant.Of("known ids are kept in memory", "NFD-06", "a session whose entry was removed by others", s => new TrustsItsIndex(
                s,
                static () => new IOException("the file is gone")
            )),
            Mutant.Of("negative cache", "NFD-07", "set after a get that found nothing", s => new NegativeCache(s)),
        ];

    private sealed class DestroyedIsError(Setup s, Func<Exception> error, bool declares = false) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _dead = new();

        public override bool MissingFileMeansAbsent => declares;

        protected override void Remove(string sid)
        {
            _dead[sid] = true;
            base.Remove(sid);
        }

        protected override SessionRecord? Absent(string sid) => _dead.ContainsKey(sid) ? throw error() : null;
    }

    private sealed class ExpiredIsError(Setup s, Func<Exception> error) : ReferenceStore(s)
    {
        protected override SessionRecord? Absent(string sid) => Space.Rows.ContainsKey(sid) ? throw error() : null;
    }

    private sealed class TroubleIsMissingFile(Setup s, StoreFault fault) : ReferenceStore(s)
    {
        public override bool MissingFileMeansAbsent => true;

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            Space.Fault == fault
                ? throw (
                    fault == StoreFault.Denied
                        ? new DirectoryNotFoundException("/run/secrets")
                        : new FileNotFoundException("the socket is gone")
                )
                : base.EnterAsync(operation, cancellationToken);
    }

    private sealed class RefusedIsAbsent(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            Space.Fault == StoreFault.Denied ? null : await base.GetAsync(sid, cancellationToken);
    }

    private sealed class DestroyExpiredThrows(Setup s) : ReferenceStore(s)
    {
        public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            Sid.IsValid(sid) && Space.Rows.TryGetValue(sid, out var row) && !IsLive(row)
                ? throw new FileNotFoundException()
                : base.DestroyAsync(sid, cancellationToken);
    }

    private sealed class TouchAbsentThrows(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) =>
            Find(sid) is null ? throw new SessionNotFoundException(SessionStoreOperation.Touch, "Mutant") : base.Retouch(sid, record);
    }

    private sealed class TrustsItsIndex(Setup s, Func<Exception> error) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> _index = new();

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            _index[sid] = ExpiryOf(record);
        }

        protected override void Remove(string sid)
        {
            _index.TryRemove(sid, out _);
            base.Remove(sid);
        }

        protected override SessionRecord? Absent(string sid) =>
            _index.TryGetValue(sid, out var expires) && expires > Now && !Space.Rows.ContainsKey(sid) ? throw error() : null;
    }

    private sealed class NegativeCache(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _missing = new();

        protected override Row? Find(string sid) => _missing.ContainsKey(sid) ? null : base.Find(sid);

        protected override SessionRecord? Absent(string sid)
        {
            _missing[sid] = true;
            return null;
        }
    }
}
