using System.Globalization;

namespace ServerSessions.Conformance;

/// <summary>What a program is held to beside the order of its calls: listings, counts, exceptions. Names the rule that is broken.</summary>
internal sealed class ModelChecks(ModelProgram program, SessionHistory history, SessionHistory beside)
{
    private readonly List<(ModelStep Step, HistoryMoment At, long Number)> _lengths = [];

    /// <summary>What was seen without a search.</summary>
    public ModelFinding? Finding { get; private set; }

    public static ModelFinding Threw(ModelStep step, Exception error) =>
        new(
            step.Act switch
            {
                ModelAct.Set or ModelAct.Destroy => "GSD-03",
                ModelAct.Touch => "TCH-13",
                ModelAct.GetAndTouch => "GTT-04",
                ModelAct.TrySet => "CND-10",
                ModelAct.List or ModelAct.Length or ModelAct.Clear => "ENU-11",
                ModelAct.Prune => "PRN-01",
                ModelAct.Cancel => "CAN-01",
                ModelAct.Reopen => "PER-01",
                ModelAct.Outage => "ERR-06",
                _ => "NFD-01",
            },
            $"{step} throws {error.GetType().Name}: {error.Message}",
            []
        );

    public void List(ModelStep step, IReadOnlyList<SessionEntry> entries)
    {
        var repeated = entries.GroupBy(static entry => entry.Sid, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1);
        if (repeated is not null)
        {
            Finding ??= new("ENU-02", $"{step}: one session is listed {repeated.Count()} times", []);
        }

        var known = Of(step).Sessions.Select(static session => session.Sid).ToHashSet(StringComparer.Ordinal);
        if (entries.Select(static entry => entry.Sid).FirstOrDefault(sid => !known.Contains(sid)) is { } stranger)
        {
            Finding ??= Other(step).Sessions.Any(session => session.Sid == stranger)
                ? new("ENU-12", $"{step}: a session of another space is listed", [])
                : new("ENU-05", $"{step}: an id is listed that no call has used", []);
        }
    }

    /// <summary>Lengths are judged at the end, when it is known what could be there.</summary>
    public void Length(ModelStep step, long length) => _lengths.Add((step, Of(step).Moment(), length));

    public void Prune(ModelStep step, int removed, int batch)
    {
        if (removed < 0 || removed > batch)
        {
            Finding ??= new("PRN-02", string.Create(CultureInfo.InvariantCulture, $"{step} returns {removed}"), []);
        }
    }

    /// <summary>The first rule that is broken.</summary>
    public ModelFinding? Judge()
    {
        foreach (var (one, isBeside) in new[] { (history, false), (beside, true) })
        {
            if (one.Judge().Violations is [{ } violation, ..])
            {
                return new ModelFinding(InContext(violation), violation.Observed, violation.Timeline.Split('\n'));
            }

            foreach (var (step, at, length) in _lengths.Where(length => (length.Step.Place == ModelPlace.Beside) == isBeside))
            {
                var (least, most) = one.CountAt(at);
                if (length < least || length > most)
                {
                    var expected = least == most ? $"{least}" : $"{least} to {most}";
                    return new ModelFinding(
                        length > most && program.Steps.Any(static other => other.Place == ModelPlace.Beside) ? "ENU-12" : "ENU-06",
                        string.Create(CultureInfo.InvariantCulture, $"{step} returns {length}, and {expected} are there"),
                        []
                    );
                }
            }
        }

        return null;
    }

    /// <summary>In a program without a step too many, the kinds of its steps are what the failure needs.</summary>
    private string InContext(HistoryViolation violation)
    {
        var (fails, reopens, peers) = (Has(ModelAct.Outage), Has(ModelAct.Reopen), At(ModelPlace.Peer));
        return (violation.RuleId, fails, Has(ModelAct.Cancel), reopens, peers, At(ModelPlace.Beside)) switch
        {
            (_, _, _, _, _, true) => Has(ModelAct.Clear) ? "ENU-12" : "HAR-02",
            (_, true, _, _, _, _) => "LIN-02",
            ("GSD-02" or "GSD-11", _, true, _, _, _) => "CAN-03",
            ("GSD-11" or "EXP-02", _, _, true, _, _) => "PER-01",
            ("GSD-04", _, _, true, _, _) => "PER-02",
            ("EXP-01", _, _, true, _, _) => "PER-03",
            ("TCH-01" or "TCH-09", _, _, true, _, _) => "PER-04",
            ("GSD-11" or "EXP-02", _, _, _, true, _) => "PEER-01",
            ("GSD-04", _, _, _, true, _) => "PEER-02",
            ("TCH-01" or "TCH-09", _, _, _, true, _) => "PEER-03",
            ("CND-02" or "CND-03" or "CND-04" or "CND-05", _, _, _, true, _) => "PEER-07",
            var (id, _, _, _, _, _) => id,
        };

        bool Has(ModelAct act) => program.Steps.Any(step => step.Act == act);
        bool At(ModelPlace place) => program.Steps.Any(step => step.Place == place);
    }

    private SessionHistory Of(ModelStep step) => step.Place == ModelPlace.Beside ? beside : history;

    private SessionHistory Other(ModelStep step) => step.Place == ModelPlace.Beside ? history : beside;
}
