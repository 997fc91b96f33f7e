namespace ServerSessions;

/// <summary>The words of OWASP's logging vocabulary for the events. A table in docs/events.md has them beside ours.</summary>
internal static class OwaspWords
{
    public const string Created = "session_created";
    public const string SignedIn = "authn_login_success";
    public const string Renewed = "session_renewed";
    public const string Expired = "session_expired";

    // Its reasons are logout, timeout and revoked; ours is logged beside it.
    public const string Ended = "session_expired";

    // OWASP has none; in the form of its others for what has failed.
    public const string EndFailed = "session_end_fail";

    public static string Of(SessionRejection reason) =>
        reason switch
        {
            SessionRejection.Forged => "input_validation_fail",
            SessionRejection.Unreadable => "crypt_decrypt_fail",
            SessionRejection.OtherDevice => "authn_token_reuse",
            _ => "session_use_after_expire",
        };

    /// <summary>Returns OWASP's reason beside <see cref="Ended"/>.</summary>
    public static string ReasonOf(SessionEndReason reason) => reason == SessionEndReason.SignedOut ? "logout" : "revoked";
}
