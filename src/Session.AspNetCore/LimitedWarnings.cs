using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>Warnings that every request, or any client, can cause. Each is logged once, or at most once a minute.</summary>
internal sealed class LimitedWarnings(ILogger logger, TimeProvider timeProvider)
{
    private readonly RateLimitedWarning _twoSessions = new(timeProvider);
    private readonly RateLimitedWarning _foreignRecords = new(timeProvider);
    private int _hasWarnedAboutInsecureTransport;

    /// <summary>Warns that a secure cookie is held back.</summary>
    public void WarnOfInsecureTransport()
    {
        if (Interlocked.Exchange(ref _hasWarnedAboutInsecureTransport, 1) == 0)
        {
            Log.SecureCookieOverHttp(logger);
        }
    }

    /// <summary>Warns that a request came with cookies of two sessions.</summary>
    public void WarnOfTwoSessions()
    {
        if (_twoSessions.IsDue())
        {
            Log.TwoSessionCookies(logger);
        }
    }

    /// <summary>Warns that a session could not be decrypted: after a key is removed, none can.</summary>
    public void WarnOfForeignRecord()
    {
        if (_foreignRecords.IsDue())
        {
            Log.RecordRefused(logger);
        }
    }
}
