using System.Globalization;

namespace ServerSessions.Conformance;

/// <summary>What a step of a program does.</summary>
internal enum ModelAct
{
    Get,
    Set,
    Destroy,
    Touch,
    GetAndTouch,
    TrySet,
    List,
    Length,
    Clear,
    Prune,
    Cancel,
    Reopen,
    Pass,
    StepBack,
    Outage,
}

/// <summary>One step of a program.</summary>
/// <param name="Act">What it does.</param>
/// <param name="Session">The session, of <see cref="ModelProgram.Sessions"/>.</param>
/// <param name="Place">The store that does it.</param>
/// <param name="Life">The index of a life in <see cref="ModelLives"/>.</param>
/// <param name="Shape">A content for a write, what a try-set expects, what an outage or cancellation meets.</param>
internal readonly record struct ModelStep(ModelAct Act, int Session, ModelPlace Place, int Life, int Shape)
{
    /// <summary>Returns simpler forms of the step: of the first store, with a plain content and life.</summary>
    public IEnumerable<ModelStep> Simpler()
    {
        if (Place != ModelPlace.Own)
        {
            yield return this with { Place = ModelPlace.Own };
        }

        if (Shape != 0)
        {
            yield return this with { Shape = 0 };
        }

        if (Life != 0)
        {
            yield return this with { Life = 0 };
        }
    }

    public override string ToString()
    {
        var name = (char)('A' + Session);
        var text = Act switch
        {
            ModelAct.Get => $"get {name}",
            ModelAct.Destroy => $"destroy {name}",
            ModelAct.Set => $"set {name} {ModelLives.Name(Life)}{ModelContents.Name(Shape)}",
            ModelAct.Touch => $"touch {name} {ModelLives.Name(Life)}",
            ModelAct.GetAndTouch => $"get and touch {name} {ModelLives.Name(Life)}{(Shape % 3 == 2 ? " if it begins otherwise" : "")}",
            ModelAct.TrySet => $"try-set {name} {ModelLives.Name(Life)}, expecting {ModelContents.Expected(Shape)}",
            ModelAct.List => Shape % 3 == 0 ? "list all" : $"list all, and {(Shape % 3 == 1 ? "set" : "destroy")} {name} meanwhile",
            ModelAct.Length => "length",
            ModelAct.Clear => "clear",
            ModelAct.Prune => string.Create(CultureInfo.InvariantCulture, $"prune {ModelLives.Batch(Shape)}"),
            ModelAct.Cancel => $"set {name} {ModelLives.Name(Life)}, cancelled {(Shape % 2 == 0 ? "before" : "during")} the call",
            ModelAct.Reopen => "reopen",
            ModelAct.Pass => $"{Text.Span(ModelLives.Passing(Life))[1..]} pass",
            ModelAct.StepBack => "the clock is set back by 5 min",
            _ => $"an outage, during which {ModelContents.Lost(Shape)} {name}",
        };
        return Place switch
        {
            ModelPlace.Peer => text + " (by a peer)",
            ModelPlace.Beside => text + " (in another space)",
            _ => text,
        };
    }
}

/// <summary>The store that does a step.</summary>
internal enum ModelPlace
{
    /// <summary>The store of the program.</summary>
    Own,

    /// <summary>A second instance on the same space.</summary>
    Peer,

    /// <summary>A store on a space whose name begins alike.</summary>
    Beside,
}

/// <summary>Lives and passing times, of which some end at the very instant that others pass to.</summary>
internal static class ModelLives
{
    private static readonly TimeSpan?[] Lives =
    [
        TimeSpan.FromHours(1),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30),
        null,
        TimeSpan.FromDays(100),
        TimeSpan.FromMinutes(20),
        TimeSpan.FromMinutes(-1),
        TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(1),
    ];

    private static readonly TimeSpan[] Times = [.. ((int[])[10, 1, 20, 30, 60]).Select(static minutes => TimeSpan.FromMinutes(minutes))];

    private static readonly int[] Batches = [100, 1, 2];

    public static int Count => Lives.Length;

    public static TimeSpan? Of(int index) => Lives[index];

    public static TimeSpan Passing(int index) => Times[index % Times.Length];

    public static int Batch(int shape) => Batches[shape % Batches.Length];

    public static string Name(int index) =>
        Lives[index] is not { } life ? "by default"
        : life < TimeSpan.Zero ? "to the past"
        : life.Milliseconds > 0 ? $"for {Text.Span(life)[1..]} and 1 ms"
        : $"for {Text.Span(life)[1..]}";
}
