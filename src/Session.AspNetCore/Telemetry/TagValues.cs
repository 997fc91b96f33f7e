using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>The values of tags, from closed lists.</summary>
internal static class TagValues
{
    public const string Canceled = "canceled";
    public const string OtherError = "_OTHER";

    public static string Of(SessionStoreOperation operation) =>
        operation switch
        {
            SessionStoreOperation.Open => "open",
            SessionStoreOperation.Get => "get",
            SessionStoreOperation.Set => "set",
            SessionStoreOperation.Destroy => "destroy",
            SessionStoreOperation.Touch => "touch",
            SessionStoreOperation.TrySet => "try_set",
            SessionStoreOperation.All => "all",
            SessionStoreOperation.Length => "length",
            SessionStoreOperation.Clear => "clear",
            SessionStoreOperation.Prune => "prune",
            _ => "unknown",
        };

    public static string Of(StoreAction action) =>
        action switch
        {
            StoreAction.Save => "save",
            StoreAction.Touch => "touch",
            StoreAction.Destroy => "destroy",
            _ => "none",
        };

    public static string Of(LoadOutcome outcome) =>
        outcome switch
        {
            LoadOutcome.Found => "found",
            LoadOutcome.Absent => "absent",
            LoadOutcome.Moved => "moved",
            LoadOutcome.Refused => "refused",
            _ => "error",
        };

    public static string Of(SessionEndReason reason) =>
        reason switch
        {
            SessionEndReason.Destroyed => "destroyed",
            SessionEndReason.SignedOut => "signed_out",
            SessionEndReason.EndedByUser => "ended_by_user",
            SessionEndReason.EndedElsewhere => "ended_elsewhere",
            SessionEndReason.EndedByOperator => "ended_by_operator",
            SessionEndReason.TooManySessions => "too_many_sessions",
            SessionEndReason.UserChanged => "user_changed",
            SessionEndReason.Cleared => "cleared",
            _ => "unknown",
        };

    public static string Of(SessionExpiry how) => how == SessionExpiry.Pruned ? "pruned" : "met";

    public static string Of(SessionRejection reason) =>
        reason switch
        {
            SessionRejection.Forged => "forged",
            SessionRejection.Unknown => "unknown",
            SessionRejection.Ended => "ended",
            SessionRejection.Unreadable => "unreadable",
            SessionRejection.OtherDevice => "other_device",
            _ => "unknown",
        };

    /// <summary>
    /// Returns the value of <see cref="ServerSessionTagNames.ErrorType"/>: no name of a class that this library does not have.
    /// </summary>
    public static string Of(Exception failure) =>
        failure switch
        {
            OperationCanceledException => Canceled,
            SessionStoreUnavailableException => nameof(SessionStoreUnavailableException),
            SessionNotFoundException => nameof(SessionNotFoundException),
            SessionPayloadException => nameof(SessionPayloadException),
            SessionStoreException => nameof(SessionStoreException),
            SessionLimitException => nameof(SessionLimitException),
            SessionCookieException => nameof(SessionCookieException),
            _ => OtherError,
        };
}

/// <summary>The result of reading the session of a request.</summary>
internal enum LoadOutcome
{
    Found,
    Absent,
    Moved,
    Refused,
    Error,
}
