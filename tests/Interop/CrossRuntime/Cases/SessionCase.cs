namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>The values of a session, as each runtime has them.</summary>
/// <param name="Name">What is special about them.</param>
/// <param name="JavaScript">The source of an object in JavaScript; null: JavaScript cannot say it.</param>
/// <param name="Json">The JSON that this project stores, and that JavaScript makes of the object.</param>
internal sealed record SessionCase(string Name, string? JavaScript, string Json)
{
    /// <summary>
    /// The JSON once Node has read and written it, where that differs: JavaScript's numbers are doubles, and printed in its own way.
    /// </summary>
    public string? AfterNode { get; init; }

    /// <summary>The JSON of what connect-mongo keeps with <c>stringify: false</c>, where that differs.</summary>
    public string? InDocument { get; init; }

    /// <summary>
    /// The JSON that Node makes of what this project keeps as a document, where that differs: its driver has an object for a whole number
    /// that a double would round.
    /// </summary>
    public string? InNodeFromDocument { get; init; }

    /// <summary>
    /// Whether Node's driver keeps a value in a document as another type than JSON has: a date of JavaScript's becomes one of BSON's.
    /// </summary>
    public bool TypedByNode { get; init; }

    /// <summary>Whether this project refuses to keep it as a MongoDB document, with an error that says why.</summary>
    public bool IsRefusedInDocument { get; init; }

    /// <summary>The values as this project reads what Node has written.</summary>
    public string WrittenByNode(Backends.Backend backend) => backend.KeepsDocuments ? InDocument ?? Json : AfterNode ?? Json;

    /// <summary>The values as Node reads what this project has written.</summary>
    public string SeenByNode(Backends.Backend backend) => backend.KeepsDocuments ? InNodeFromDocument ?? Json : AfterNode ?? Json;

    public override string ToString() => Name;
}
