namespace ServerSessions;

/// <summary>
/// The names of tags of metrics and activities. Each value is from a closed list; none is an id, a user, an address or a text of an
/// exception.
/// </summary>
public static class ServerSessionTagNames
{
    /// <summary>The <see cref="ISessionStore.Backend"/> of the store: <c>Redis</c>, <c>PostgreSQL</c>.</summary>
    public const string Backend = "server_session.backend";

    /// <summary>
    /// The operation of the store: <c>open</c>, <c>get</c>, <c>set</c>, <c>try_set</c>, <c>touch</c>, <c>destroy</c>, <c>all</c>,
    /// <c>length</c>, <c>clear</c>, <c>prune</c>.
    /// </summary>
    public const string Operation = "server_session.operation";

    /// <summary>
    /// The result of a load: <c>found</c>, <c>absent</c>, <c>moved</c> (the id was given up), <c>refused</c> (not readable, or of another
    /// device), <c>error</c>.
    /// </summary>
    public const string Outcome = "server_session.outcome";

    /// <summary>What a commit did: <c>save</c>, <c>touch</c>, <c>destroy</c>.</summary>
    public const string Decision = "server_session.decision";

    /// <summary>The number of attempts that a save needed; of an activity only.</summary>
    public const string Attempts = "server_session.attempts";

    /// <summary>Why a session ended: the names of <see cref="SessionEndReason"/> in lower case, such as <c>signed_out</c>.</summary>
    public const string EndReason = "server_session.end.reason";

    /// <summary>How it was noticed that sessions have expired: <c>met</c>, <c>pruned</c>.</summary>
    public const string Expiry = "server_session.expiry";

    /// <summary>
    /// Why a request got no session: the names of <see cref="SessionRejection"/> in lower case, such as <c>other_device</c>.
    /// </summary>
    public const string RejectionReason = "server_session.rejection.reason";

    /// <summary>Of an activity only: how many sessions were listed, ended or carried.</summary>
    public const string Count = "server_session.count";

    /// <summary>Of an activity only: how many sessions were not ended or carried although they were to be. Absent without any.</summary>
    public const string Failed = "server_session.failed";

    /// <summary>Where a move carries to: <c>to_new</c>, <c>to_old</c>, <c>stay</c>.</summary>
    public const string MoveDirection = "server_session.move.direction";

    /// <summary>
    /// Only of failures, as OpenTelemetry names it. The name of an exception of this library without its namespace; <c>canceled</c> if the
    /// client has disconnected; <c>_OTHER</c> for any other exception.
    /// </summary>
    public const string ErrorType = "error.type";
}
