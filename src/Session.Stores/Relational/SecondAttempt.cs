namespace ServerSessions.Stores.Relational;

/// <summary>
/// What the second attempt of a call does if its connection broke after the server may have executed the first. If the server has not
/// executed it, every call is repeated.
/// </summary>
internal enum SecondAttempt
{
    /// <summary>It repeats the call. A read changes nothing, and a compare-and-set compares again.</summary>
    Repeats,

    /// <summary>It looks for what the first attempt was to create, and writes nothing.</summary>
    Looks,

    /// <summary>
    /// There is none: it could undo what another call has stored in between, or its result would not be that of the call.
    /// </summary>
    None,
}
