using System.Collections.Concurrent;

namespace ServerSessions.Tests.Events;

/// <summary>Every event as a line, in order.</summary>
internal sealed class RecordedEvents : IServerSessionEvents
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<SessionEventInfo> _infos = new();

    private readonly ConcurrentQueue<string?> _methods = new();

    public string[] Lines => [.. _lines];

    /// <summary>How users have signed in.</summary>
    public string?[] Methods => [.. _methods];

    public SessionEventInfo[] Infos => [.. _infos];

    /// <summary>Runs before each event is noted, with its line.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public void Forget() => _lines.Clear();

    public ValueTask CreatedAsync(SessionCreated created) => Note("created", created.Info);

    public ValueTask SignedInAsync(SessionSignedIn signedIn)
    {
        _methods.Enqueue(signedIn.Method);
        return Note("signed in", signedIn.Info);
    }

    public ValueTask RenewedAsync(SessionRenewed renewed) => Note($"renewed, sign-in: {renewed.IsSignIn}", renewed.Info);

    public ValueTask ChangedAsync(SessionChanged changed) => Note("changed", changed.Info);

    public ValueTask EndedAsync(SessionEnded ended) => Note($"ended: {ended.Reason}", ended.Info);

    public ValueTask EndFailedAsync(SessionEndFailed failed) => Note($"end failed: {failed.Reason}", failed.Info);

    public ValueTask ExpiredAsync(SessionExpired expired) => Note($"expired: {expired.How} {expired.Count}", expired.Info);

    public ValueTask RejectedAsync(SessionRejected rejected) => Note($"rejected: {rejected.Reason}", rejected.Info);

    public ValueTask StoreUnavailableAsync(SessionStoreUnavailable unavailable) => Note("store unavailable", unavailable.Info);

    public ValueTask StoreRecoveredAsync(SessionStoreRecovered recovered) =>
        Note($"store recovered after {recovered.Outage.TotalSeconds:0} s", recovered.Info);

    private async ValueTask Note(string line, SessionEventInfo info)
    {
        await Before(line);
        _infos.Enqueue(info);
        _lines.Enqueue(line);
    }
}
