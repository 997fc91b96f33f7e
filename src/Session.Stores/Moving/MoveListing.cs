using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores;

/// <summary>Lists, counts and clears the sessions of both stores, each session once.</summary>
internal sealed class MoveListing(Func<MoveRoute> currentRoute)
{
    /// <summary>
    /// Lists the store from which sessions may be carried first: a session that is carried meanwhile is then listed with the other one. A
    /// session that has left the second one is looked for, because in <see cref="SessionMoveMode.Stay"/> others may carry either way.
    /// </summary>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var route = currentRoute();
        var (from, to) = route.Carries ? (route.Second, route.First) : (route.First, route.Second);
        var listed = new HashSet<UInt128>();
        foreach (var side in (MoveSide[])[from, to])
        {
            await foreach (var entry in side.AllAsync(cancellationToken).ConfigureAwait(false))
            {
                var slot = SlotFormat.Read(entry.Record);
                var session = slot.Kind switch
                {
                    SlotKind.Record => HeldToken.RecordOf(side, entry.Record, entry.Record),
                    SlotKind.Moved when side == from => null,
                    SlotKind.Moved or SlotKind.Copy => await FindAsync(route, entry.Sid, cancellationToken).ConfigureAwait(false),
                    _ => null,
                };
                if (session is not null && listed.Add(DigestOf(entry.Sid)))
                {
                    yield return new SessionEntry(entry.Sid, session);
                }
            }
        }
    }

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in AllAsync(cancellationToken).ConfigureAwait(false))
        {
            count++;
        }

        return count;
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        var route = currentRoute();
        await route.First.ClearAsync(cancellationToken).ConfigureAwait(false);
        await route.Second.ClearAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<SessionRecord?> FindAsync(MoveRoute route, string sid, CancellationToken cancellationToken)
    {
        var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
        return found.Owner is { } owner && found.HeldBy(route) is { Session: { } session, AtRest: { } atRest }
            ? HeldToken.RecordOf(owner, session, atRest)
            : null;
    }

    /// <summary>Sixteen bytes that identify an id.</summary>
    private static UInt128 DigestOf(string sid)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sid), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
