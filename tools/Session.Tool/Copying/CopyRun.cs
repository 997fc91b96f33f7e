using System.Diagnostics;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Copying;

/// <summary>One run of a copy: the pass that copies, the pass that verifies, and what is said about them.</summary>
internal sealed class CopyRun(CopyPlan plan, Checkpoint checkpoint, Report report)
{
    private readonly CopyCounts _counts = new();
    private readonly VerifyCounts _verified = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private long? _removed;
    private bool _isVerified;

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(bool verifies, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var copied = started;
        try
        {
            var progress = new CopyProgress(report, await plan.Source.Enumerable.LengthAsync(cancellationToken), _time);
            if (checkpoint.DoneBefore > 0)
            {
                report.Remark($"An earlier run has done {Words.Count(checkpoint.DoneBefore, "session")}. This one goes on.");
            }

            var copier = new Copier(plan, checkpoint, _counts, _time);
            await progress.RunAsync("copy", () => _counts.Done, () => _counts.Before, () => copier.RunAsync(cancellationToken));
            copied = Stopwatch.GetTimestamp();
            var verifier = new Verifier(plan, checkpoint, copier, _verified, _time);
            if (verifies && !plan.IsDryRun)
            {
                await progress.RunAsync("verify", () => _verified.Done, static () => 0, () => verifier.RunAsync(cancellationToken));
                _isVerified = true;
                _removed = plan.IsFinal ? await verifier.RemoveGoneAsync(cancellationToken) : null;
            }

            checkpoint.Finish();
            Summarize(Stopwatch.GetElapsedTime(started, copied), verifier.Gone);
            return ExitCode();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            SayHowToGoOn();
            throw;
        }
        catch (SessionStoreException error) when (_counts.Done > 0)
        {
            report.Error(error.Message, ExitCodes.Partly);
            SayHowToGoOn();
            return ExitCodes.Partly;
        }
    }

    private int ExitCode() =>
        _counts.Refused > 0 ? ExitCodes.Partly
        : _isVerified && !_verified.IsEqual ? ExitCodes.No
        : ExitCodes.Success;

    private void SayHowToGoOn() =>
        report.Remark(
            $"{Words.Count(_counts.Done, "session")} done. Run the same command again: it goes on"
                + (checkpoint.Path is { } path ? $" (checkpoint {path})." : ", and looks at every session again.")
        );

    private void Summarize(TimeSpan time, int gone)
    {
        var moved = _counts.Done - _counts.Before;
        var rate = moved / Math.Max(time.TotalSeconds, 0.001);
        report.Data(
            new
            {
                type = "result",
                from = plan.Source.Address.Shown,
                to = plan.Target.Address.Shown,
                dryRun = plan.IsDryRun,
                created = _counts.Created,
                same = _counts.Same,
                updated = _counts.Updated,
                different = _counts.Different,
                expired = _counts.Expired,
                before = _counts.Before,
                refused = _counts.Refused,
                retries = _counts.Retries,
                seconds = Json.Seconds(time),
                perSecond = Math.Round(rate, 1),
                verified = _isVerified
                    ? new
                    {
                        same = _verified.Same,
                        missing = _verified.Missing,
                        value = _verified.Value,
                        life = _verified.Life,
                        ended = _verified.Ended,
                    }
                    : null,
                gone = _isVerified ? gone : (int?)null,
                removed = _removed,
            }
        );
        report.Line(
            $"{(plan.IsDryRun ? "would copy" : "copied")} {plan.Source.Address.Shown} to {plan.Target.Address.Shown}",
            Report.Strong
        );
        Line("created", _counts.Created, Report.Good);
        Line("same", _counts.Same);
        Line("updated", _counts.Updated);
        Line("different", _counts.Different, Report.Weak, "left as they are in the target");
        Line("expired", _counts.Expired);
        Line("before", _counts.Before, note: "done by an earlier run");
        Line("refused", _counts.Refused, Report.Bad);
        Line("retries", _counts.Retries);
        report.Line($"  {"time",-10}{Words.Duration(time),12}  {Words.Number((long)rate)} sessions/s");
        foreach (var reason in _counts.Reasons)
        {
            report.Warning(reason);
        }

        if (_isVerified)
        {
            report.Line(
                $"verified {Words.Count(_verified.Done, "session")}: {Words.Number(_verified.Same)} the same, "
                    + $"{Words.Number(_verified.Missing)} missing, "
                    + $"{Words.Number(_verified.Value)} with another content, {Words.Number(_verified.Life)} with another expiry",
                _verified.IsEqual ? Report.Good : Report.Bad
            );
            Advise(gone);
        }
    }

    private void Advise(int gone)
    {
        if (_removed is { } removed)
        {
            report.Line($"removed {Words.Count(removed, "session")} that the source no longer has");
        }
        else if (gone > 0)
        {
            report.Warning(
                $"the source changed while it was copied: {Words.Count(gone, "session")} ended there, and live on in the target. Stop what "
                    + "writes to the source, then run the same command with --final."
            );
        }
    }

    private void Line(string name, long number, Spectre.Console.Style? style = null, string note = "")
    {
        if (number > 0 || name == "created")
        {
            report.Line($"  {name,-10}{Words.Number(number),12}  {note}".TrimEnd(), style);
        }
    }
}
