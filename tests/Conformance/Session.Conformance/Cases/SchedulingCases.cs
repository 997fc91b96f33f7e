using System.Collections.Concurrent;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON, continued: callers with one thread.</summary>
internal static class SchedulingCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "CON-08",
            "A caller whose synchronization context has one thread does not deadlock.",
            "A desktop program, or an older host, that uses the store stands still for ever.",
            [
                "blocking on a task (.Result, .Wait) while its continuation needs the caller's context; ConfigureAwait(false) is missing",
                "one operation blocks and the others do not: a listing, clear, the first call, which opens",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await OneThread.RunAsync(async () =>
                {
                    await t.Store.SetAsync(sid, record);
                    await t.ExpectSessionAsync(sid, record, "on a context with one thread");
                    if (t.Store.Raw is ITouchableSessionStore)
                    {
                        await t.Store.TouchAsync(sid, record);
                    }

                    await t.Store.DestroyAsync(sid);
                    await t.ExpectAbsentAsync(sid, "destroyed on a context with one thread");
                    foreach (var call in StoreCalls.Of(t, sid))
                    {
                        await call.Make(CancellationToken.None);
                    }
                });
            },
            alone: true
        ),
    ];

    /// <summary>Runs everything that is posted on one thread, as a user interface does.</summary>
    private sealed class OneThread : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

        public static Task RunAsync(Func<Task> work)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var context = new OneThread();
            context.Post(_ => Start(), null);
            new Thread(context.Pump) { IsBackground = true, Name = "one thread" }.Start();
            return done.Task;

            async void Start()
            {
                try
                {
                    await work();
                    done.SetResult();
                }
#pragma warning disable CA1031 // The caller that awaits the task gets it.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    done.SetException(error);
                }
                finally
                {
                    context._posted.CompleteAdding();
                }
            }
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!_posted.IsAddingCompleted)
            {
                _posted.Add((d, state));
            }
        }

        private void Pump()
        {
            SetSynchronizationContext(this);
            foreach (var (callback, state) in _posted.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }
}
