using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>A short program over three sessions, which a dictionary can run as well as a store.</summary>
internal sealed class ModelProgram(IReadOnlyList<ModelProgram.Step> steps)
{
    public enum Kind
    {
        Get,
        Set,
        Destroy,
        Touch,
        Pass,
    }

    /// <summary>One step; the meaning of the number depends on it: value, minutes.</summary>
    public readonly record struct Step(Kind Kind, int Session, int Number)
    {
        public override string ToString() =>
            Kind switch
            {
                Kind.Set => $"set {(char)('A' + Session)} for {Number} min",
                Kind.Touch => $"touch {(char)('A' + Session)} for {Number} min",
                Kind.Pass => $"{Number} min pass",
                _ => $"{(Kind == Kind.Get ? "get" : "destroy")} {(char)('A' + Session)}",
            };
    }

    public static ModelProgram Random(Random random, int length, bool touch)
    {
        var steps = new Step[length];
        for (var i = 0; i < length; i++)
        {
            var kind = random.Next(20) switch
            {
                < 6 => Kind.Get,
                < 11 => Kind.Set,
                < 14 => Kind.Destroy,
                < 17 when touch => Kind.Touch,
                _ => Kind.Pass,
            };
            steps[i] = new Step(kind, random.Next(3), random.Next(1, 12));
        }

        return new ModelProgram(steps);
    }

    /// <summary>Runs it, and says where store and model first differ.</summary>
    public async Task<string?> FirstDifferenceAsync(CaseContext t)
    {
        var sids = new[] { t.NewSid(), t.NewSid(), t.NewSid() };
        var model = new (SessionRecord Record, DateTimeOffset Expires)?[3];
        var count = 0;
        foreach (var step in steps.Append(new Step(Kind.Get, 0, 0)).Append(new Step(Kind.Get, 1, 0)).Append(new Step(Kind.Get, 2, 0)))
        {
            count++;
            var (sid, there) = (sids[step.Session], model[step.Session] is { } slot && t.Now < slot.Expires);
            var life = TimeSpan.FromMinutes(step.Number);
            switch (step.Kind)
            {
                case Kind.Set:
                    var record = t.Record(life, $"step {count}");
                    await t.Store.SetAsync(sid, record);
                    model[step.Session] = (record, Rounded(t, record.Expires!.Value));
                    break;
                case Kind.Destroy:
                    await t.Store.DestroyAsync(sid);
                    model[step.Session] = null;
                    break;
                case Kind.Touch:
                    var touch = t.Record(life, "of a touch");
                    if (await t.Store.TouchAsync(sid, touch) != there)
                    {
                        return $"step {count} ({step}): touch returns {!there}";
                    }

                    model[step.Session] = there ? (model[step.Session]!.Value.Record, Rounded(t, touch.Expires!.Value)) : null;
                    break;
                case Kind.Pass:
                    await t.AdvanceAsync(life);
                    break;
                default:
                    var read = await t.Store.GetAsync(sid);
                    if (read is not null != there)
                    {
                        return $"step {count} ({step}): {(there ? "absent" : "a session")}";
                    }

                    if (
                        read is not null
                        && !Payloads.SameContent(model[step.Session]!.Value.Record.Payload, read.Payload, t.Settings.Fidelity)
                    )
                    {
                        return $"step {count} ({step}): another session";
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary>Leaves out steps as long as what is left still fails.</summary>
    public async Task<(ModelProgram Shortest, string Difference)> ShrinkAsync(CaseContext t, string difference)
    {
        var current = steps.ToList();
        for (var i = current.Count - 1; i >= 0; i--)
        {
            var shorter = new ModelProgram([.. current.Where((_, index) => index != i)]);
            if (await shorter.FirstDifferenceAsync(t) is { } still)
            {
                current.RemoveAt(i);
                difference = still;
            }
        }

        return (new ModelProgram(current), difference);
    }

    public override string ToString() => string.Join("; ", steps);

    private static DateTimeOffset Rounded(CaseContext t, DateTimeOffset expires)
    {
        var unit = t.Time.Granularity.Ticks;
        return new DateTimeOffset((expires.UtcTicks + unit - 1) / unit * unit, TimeSpan.Zero);
    }
}
