using System.Collections.Concurrent;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Copying;

/// <summary>Compares the target with the source, in a second pass over the source. What moved meanwhile is looked at once more.</summary>
internal sealed class Verifier(CopyPlan plan, Checkpoint checkpoint, Copier copier, VerifyCounts counts, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<UInt128, bool> _seen = new();

    /// <summary>
    /// The sessions that this copy created and that the source no longer lists: signed out, renewed or expired since they were copied.
    /// </summary>
    public int Gone { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            plan.Source.Enumerable.AllAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = plan.Parallel, CancellationToken = cancellationToken },
            async (entry, token) => await CompareAsync(entry, token)
        );
        Gone = checkpoint.CreatedExcept(_seen.Keys.ToHashSet());
    }

    /// <summary>Removes from the target what this copy created and the source no longer has.</summary>
    /// <returns>The number of sessions that were removed.</returns>
    public async Task<long> RemoveGoneAsync(CancellationToken cancellationToken)
    {
        var ending = new SessionEnding(plan.Target);
        var removed = 0L;
        await foreach (var entry in plan.Target.Enumerable.AllAsync(cancellationToken))
        {
            var digest = checkpoint.DigestOf(entry.Sid);
            if (
                checkpoint.IsCreated(digest)
                && !_seen.ContainsKey(digest)
                && await copier.ReadSourceAsync(entry.Sid, cancellationToken) is null
                && await ending.EndAsync(entry.Sid, cancellationToken) == EndResult.Ended
            )
            {
                removed++;
            }
        }

        return removed;
    }

    private async Task CompareAsync(SessionEntry entry, CancellationToken cancellationToken)
    {
        _seen[checkpoint.DigestOf(entry.Sid)] = true;
        var there = await copier.ReadTargetAsync(entry.Sid, cancellationToken);
        if (there is not null && RecordComparison.Compare(entry.Record, there) == Difference.None)
        {
            counts.Add(Difference.None);
            return;
        }

        if (await copier.ReadSourceAsync(entry.Sid, cancellationToken) is not { } here || here.Expires <= timeProvider.GetUtcNow())
        {
            counts.AddEnded();
            return;
        }

        // A session whose bytes the target refuses is missing.
        try
        {
            await copier.CopyAgainAsync(new SessionEntry(entry.Sid, here), cancellationToken);
        }
        catch (SessionStoreException error) when (!error.IsTransient)
        {
            counts.AddMissing();
            return;
        }

        there = await copier.ReadTargetAsync(entry.Sid, cancellationToken);
        if (there is null)
        {
            counts.AddMissing();
        }
        else
        {
            counts.Add(RecordComparison.Compare(here, there));
        }
    }
}
