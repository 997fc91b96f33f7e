using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using AspNetCore = Microsoft.AspNetCore.Session;

namespace ServerSessions;

/// <summary>Warns, once, that ASP.NET Core's own <c>UseSession()</c> runs for the same requests.</summary>
internal sealed partial class UseSessionWarning(ILogger logger)
{
    private int _hasWarned;

    /// <summary>Warns if it runs in front.</summary>
    /// <param name="before">What the request had as its <see cref="ISessionFeature"/> in front of the session middleware.</param>
    public void CheckFront(ISessionFeature? before)
    {
        if (before is AspNetCore.SessionFeature { Session: AspNetCore.DistributedSession })
        {
            Warn();
        }
    }

    /// <summary>Warns if it has run behind: it removes the feature when it ends.</summary>
    public void CheckBehind(HttpContext context)
    {
        if (_hasWarned == 0 && context.Features.Get<ISessionFeature>() is null)
        {
            Warn();
        }
    }

    private void Warn()
    {
        if (Interlocked.Exchange(ref _hasWarned, 1) == 0)
        {
            BothMiddleware(logger);
        }
    }

    [LoggerMessage(
        44,
        LogLevel.Warning,
        "The pipeline has ASP.NET Core's UseSession() in addition to UseServerSessions(). HttpContext.Session is the session of the one "
            + "that runs later, and each has a cookie and values of its own. Remove UseSession() and AddSession(). "
            + "ImportAspNetCoreSessions() takes live sessions over. Logged once.",
        EventName = "BothSessionMiddleware"
    )]
    private static partial void BothMiddleware(ILogger logger);
}
