namespace ServerSessions.Tool.Copying;

/// <summary>
/// Creates the sessions of the source in the target. Keys and bytes stay as they are, so hashed and sealed sessions need no key. What the
/// target has already is left alone, unless it is older and may be replaced. Running it again does no harm.
/// </summary>
internal sealed class Copier(CopyPlan plan, Checkpoint checkpoint, CopyCounts counts, TimeProvider timeProvider)
{
    // Between the create and the read that explains its refusal the session may come and go.
    private const int Attempts = 5;

    private readonly Retry _retry = new(plan.Retries, counts, timeProvider);
    private readonly Pace _pace = new(plan.Rate, timeProvider);

    /// <summary>Copies every session that this pass has not done.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            plan.Source.Enumerable.AllAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = plan.Parallel, CancellationToken = cancellationToken },
            async (entry, token) => await CopyAsync(entry, token)
        );

    /// <summary>Copies one session once more, for the verification.</summary>
    public async Task CopyAgainAsync(SessionEntry entry, CancellationToken cancellationToken)
    {
        var result = await PutAsync(entry.Sid, Copy(entry.Record), cancellationToken);
        if (result == CopyResult.Created)
        {
            checkpoint.Add(checkpoint.DigestOf(entry.Sid), isCreated: true);
        }
    }

    public Task<SessionRecord?> ReadTargetAsync(string sid, CancellationToken cancellationToken) =>
        _retry.RunAsync(() => plan.Target.Store.GetAsync(sid, cancellationToken), cancellationToken);

    public Task<SessionRecord?> ReadSourceAsync(string sid, CancellationToken cancellationToken) =>
        _retry.RunAsync(() => plan.Source.Store.GetAsync(sid, cancellationToken), cancellationToken);

    // A token is the source's own.
    private static SessionRecord Copy(SessionRecord record) => SessionRecord.TakeOwnership(record.Payload, record.Expires);

    private async Task CopyAsync(SessionEntry entry, CancellationToken cancellationToken)
    {
        var digest = checkpoint.DigestOf(entry.Sid);
        if (checkpoint.IsDone(digest))
        {
            counts.Add(CopyResult.Before);
            return;
        }

        await _pace.WaitAsync(cancellationToken);
        try
        {
            var result =
                entry.Record.Expires <= timeProvider.GetUtcNow() ? CopyResult.Expired
                : plan.IsDryRun ? await LookAsync(entry, cancellationToken)
                : await PutAsync(entry.Sid, Copy(entry.Record), cancellationToken);
            counts.Add(result);

            // What differs is looked at again by the next run.
            if (!plan.IsDryRun && result != CopyResult.Different)
            {
                checkpoint.Add(digest, result == CopyResult.Created);
            }
        }
        catch (SessionStoreException error)
            when (error is { IsTransient: false, Operation: SessionStoreOperation.Set or SessionStoreOperation.TrySet })
        {
            counts.AddRefusal(error.Message);
        }
    }

    private async Task<CopyResult> LookAsync(SessionEntry entry, CancellationToken cancellationToken) =>
        await ReadTargetAsync(entry.Sid, cancellationToken) is not { } there ? CopyResult.Created
        : RecordComparison.Compare(entry.Record, there) == Difference.None ? CopyResult.Same
        : plan.OverwriteOlder && RecordComparison.IsOlder(there, entry.Record) ? CopyResult.Updated
        : CopyResult.Different;

    private async Task<CopyResult> PutAsync(string sid, SessionRecord record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await TrySetAsync(sid, record, null, cancellationToken);
            if (result == ConditionalSetResult.Stored)
            {
                return CopyResult.Created;
            }

            if (await ReadTargetAsync(sid, cancellationToken) is not { } there)
            {
                if (attempt < Attempts)
                {
                    continue;
                }

                return CopyResult.Different;
            }

            if (RecordComparison.Compare(record, there) == Difference.None)
            {
                // If the reply was lost, this call has most probably written it.
                return result == ConditionalSetResult.Uncertain ? CopyResult.Created : CopyResult.Same;
            }

            return
                plan.OverwriteOlder
                && RecordComparison.IsOlder(there, record)
                && await TrySetAsync(sid, record, there, cancellationToken) == ConditionalSetResult.Stored
                ? CopyResult.Updated
                : CopyResult.Different;
        }
    }

    private Task<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) =>
        _retry.RunAsync(
            async () =>
            {
                if (plan.Target.Conditional is { } conditional)
                {
                    return await conditional.TrySetAsync(sid, record, expected, cancellationToken);
                }

                if (expected is null && await plan.Target.Store.GetAsync(sid, cancellationToken) is not null)
                {
                    return ConditionalSetResult.Changed;
                }

                await plan.Target.Store.SetAsync(sid, record, cancellationToken);
                return ConditionalSetResult.Stored;
            },
            cancellationToken
        );
}
