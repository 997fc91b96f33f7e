using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Writes an audit trail to the log category <c>ServerSessions.Audit</c>: OWASP's word, the user, and the handle of the sign-in. Rejected
/// requests are written at most once a minute for each reason, because any client can cause them; those of another device are all written.
/// </summary>
internal sealed class AuditedEvents(ILoggerFactory loggers, TimeProvider timeProvider) : IServerSessionEvents
{
    public const string Category = "ServerSessions.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);
    private readonly RejectionLines _rejections = new(timeProvider);

    public ValueTask CreatedAsync(SessionCreated created) => Write(OwaspWords.Created, "new", 1, created.Info);

    public ValueTask SignedInAsync(SessionSignedIn signedIn) =>
        Write(OwaspWords.SignedIn, signedIn.Method ?? "signed in", 1, signedIn.Info);

    public ValueTask RenewedAsync(SessionRenewed renewed) =>
        Write(OwaspWords.Renewed, renewed.IsSignIn ? "sign-in" : "new id", 1, renewed.Info);

    public ValueTask EndedAsync(SessionEnded ended) =>
        Write(OwaspWords.Ended, $"{OwaspWords.ReasonOf(ended.Reason)}: {ended.Reason}", 1, ended.Info);

    public ValueTask EndFailedAsync(SessionEndFailed failed) => Write(OwaspWords.EndFailed, failed.Reason.ToString(), 1, failed.Info);

    public ValueTask ExpiredAsync(SessionExpired expired) =>
        Write(OwaspWords.Expired, $"timeout: {expired.How}", expired.Count, expired.Info);

    public ValueTask RejectedAsync(SessionRejected rejected)
    {
        var count = 1L;
        return rejected.Reason == SessionRejection.OtherDevice || _rejections.TryBegin(rejected.Reason, out count)
            ? Write(OwaspWords.Of(rejected.Reason), rejected.Reason.ToString(), count, rejected.Info)
            : default;
    }

    private ValueTask Write(string word, string reason, long count, in SessionEventInfo info)
    {
        AuditLine.Write(_logger, word, reason, count, info);
        return default;
    }
}
