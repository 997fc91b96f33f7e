using System.Diagnostics;
using ServerSessions.Stores;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Checks;

/// <summary>Examines a store: what every store can show through its contract, and what the backend tells by itself.</summary>
internal sealed class Doctor(OpenedStore store, bool isReadOnly)
{
    /// <summary>Runs the checks. If the store does not open, the only check says why.</summary>
    public async Task<IReadOnlyList<StoreCheck>> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await store.OpenAsync(cancellationToken);
        }
        catch (SessionStoreException error)
        {
            return [Failure(StoreCheckGroup.Reach, "open", error)];
        }

        var checks = new List<StoreCheck>
        {
            StoreCheck.Passed(StoreCheckGroup.Reach, "open", Words.Milliseconds(Stopwatch.GetElapsedTime(started))),
        };
        var speed = new SpeedChecks(store.Store);
        await AddAsync(checks, StoreCheckGroup.Reach, "reads", async () => checks.Add(await speed.ReadsAsync(cancellationToken)));
        await AddAsync(checks, StoreCheckGroup.Safety, "backend", async () =>
        {
            if (store.Store is IDiagnosableSessionStore diagnosable)
            {
                checks.AddRange(await diagnosable.DiagnoseAsync(cancellationToken));
            }
        });
        if (!isReadOnly)
        {
            await AddAsync(checks, StoreCheckGroup.Rights, "write", async () =>
                checks.AddRange(await new WriteProbe(store.Store, TimeProvider.System).RunAsync(cancellationToken))
            );
            await AddAsync(checks, StoreCheckGroup.Reach, "writes", async () => checks.Add(await speed.WritesAsync(cancellationToken)));
        }

        await AddAsync(checks, StoreCheckGroup.Content, "sessions", async () =>
            checks.AddRange(await new ContentChecks(store).RunAsync(cancellationToken))
        );
        await AddAsync(checks, StoreCheckGroup.Users, "lists", async () =>
            checks.AddRange(await new UserChecks(store, TimeProvider.System).RunAsync(cancellationToken))
        );
        return [.. checks.OrderBy(static check => check.Group)];
    }

    /// <summary>Takes the message of a store apart: what was tried and what went wrong, then what to do.</summary>
    private static StoreCheck Failure(StoreCheckGroup group, string name, SessionStoreException error)
    {
        var end = error.Message.IndexOf(". ", StringComparison.Ordinal);
        return StoreCheck.Failed(
            group,
            name,
            (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.'),
            "success",
            end < 0 ? "Look into the log of the server." : error.Message[(end + 2)..]
        );
    }

    private static async Task AddAsync(List<StoreCheck> checks, StoreCheckGroup group, string name, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (SessionStoreException error)
        {
            checks.Add(Failure(group, name, error));
        }
    }
}
