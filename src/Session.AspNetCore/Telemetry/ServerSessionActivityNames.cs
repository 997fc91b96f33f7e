namespace ServerSessions;

/// <summary>The names of the activities, which are the names of the spans. Each has the kind internal.</summary>
public static class ServerSessionActivityNames
{
    /// <summary>A request reads its session. Tags: backend, outcome, <c>error.type</c>.</summary>
    public const string Load = "server_session.load";

    /// <summary>
    /// A request stores, touches or destroys its session. Tags: backend, decision, attempts of a save, <c>error.type</c>. A request for
    /// which there is nothing to store has none.
    /// </summary>
    public const string Commit = "server_session.commit";

    /// <summary>A user signs in to a session that is to be listed. Tags: backend, count, <c>error.type</c>.</summary>
    public const string UserSignIn = "server_session.users.sign_in";

    /// <summary>The sessions of a user are listed. Tags: backend, count, <c>error.type</c>.</summary>
    public const string UserList = "server_session.users.list";

    /// <summary>One session of a user is ended. Tags: backend, count, failed, <c>error.type</c>.</summary>
    public const string UserEnd = "server_session.users.end";

    /// <summary>All sessions of a user are ended, or all but one. Tags: backend, count, failed, <c>error.type</c>.</summary>
    public const string UserEndAll = "server_session.users.end_all";

    /// <summary>A read carries its session to the other store of a move. Tags: backend, direction, count, <c>error.type</c>.</summary>
    public const string MoveCarry = "server_session.move.carry";

    /// <summary>
    /// A drain carries the sessions that no request uses; none of them has an activity of its own. Tags: backend, direction, count, failed,
    /// <c>error.type</c>.
    /// </summary>
    public const string MoveDrain = "server_session.move.drain";

    /// <summary>
    /// The beginning of the name of a call of the store: <c>server_session.store.get</c>. Tags: backend, operation, <c>error.type</c>.
    /// </summary>
    public const string StorePrefix = "server_session.store.";
}
