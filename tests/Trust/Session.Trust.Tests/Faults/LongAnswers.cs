using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>When a client hangs up.</summary>
internal enum AbortPoint
{
    /// <summary>While the application works and has not begun to respond.</summary>
    BeforeAnswer,

    /// <summary>When it has read the first line.</summary>
    StatusLine,

    /// <summary>When it has read half of the body.</summary>
    HalfOfBody,

    /// <summary>The same, on a connection that was to be closed after this response.</summary>
    HalfOfLastAnswer,

    /// <summary>When it has the headers of a stream of HTTP/2, by a reset of the stream.</summary>
    Http2Headers,
}

/// <summary>One response.</summary>
/// <param name="Point">When its client hangs up.</param>
/// <param name="GivesUp">Whether the application stops when the client is gone; else it goes on to the end.</param>
internal sealed record LongAnswer(AbortPoint Point, bool GivesUp)
{
    /// <summary>The id of the session, when the application has written to it.</summary>
    public TaskCompletionSource<string> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether all of it was written, to the client or to no one.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Whether the application came to its end, when the request is over.</summary>
    public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// An application that writes to its session before and after it begins a response that is longer than all buffers on its way; one at a
/// time.
/// </summary>
internal sealed class LongAnswers
{
    public const string Path = "/long";

    /// <summary>The key that is written before the response begins.</summary>
    public const string Early = "early";

    /// <summary>The key that is written after its first bytes.</summary>
    public const string Late = "late";

    /// <summary>More than the 10 MB that Linux gives to the two ends of a connection by default.</summary>
    public const int Length = 32 * 1024 * 1024;

    // So short that it is written with or without a reader.
    private const int First = 1024;

    private static readonly byte[] Part = new byte[256 * 1024];

    private LongAnswer? _current;

    public LongAnswer Begin(AbortPoint point, bool givesUp) => _current = new LongAnswer(point, givesUp);

    /// <summary>Stands before the sessions and tells when a request is over for them as well.</summary>
    public void Watch(WebApplication app) =>
        app.Use(next =>
            async context =>
            {
                var isDone = false;
                try
                {
                    await next(context);
                    isDone = true;
                }
                catch (OperationCanceledException)
                {
                    // As in a server: no client is left to receive the error.
                }
                finally
                {
                    if (context.Request.Path == Path)
                    {
                        _current!.Ended.TrySetResult(isDone);
                    }
                }
            }
        );

    public async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        if (context.Request.Path != Path)
        {
            await context.Response.WriteAsync(
                session.Get<string>(context.Request.Headers[TrustEndpoints.KeyHeader].ToString()) ?? TrustEndpoints.None
            );
            return;
        }

        var answer = _current!;
        LeakCollector.Shared.AddSid(session.Id);
        session.Set(Early, LeakCollector.Payload + Early);
        answer.Begun.SetResult(session.Id);
        if (answer.Point == AbortPoint.BeforeAnswer)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted)
                .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        context.Response.ContentLength = Length;
        await context.Response.Body.WriteAsync(Part.AsMemory(0, First), CancellationToken.None);
        session.Set(Late, LeakCollector.Payload + Late);
        for (var left = Length - First; left > 0; left -= Part.Length)
        {
            await context.Response.Body.WriteAsync(
                Part.AsMemory(0, Math.Min(left, Part.Length)),
                answer.GivesUp ? context.RequestAborted : CancellationToken.None
            );
        }

        answer.IsWritten = true;
        if (answer.GivesUp)
        {
            // What is written to no one succeeds, and the server need not have reported yet that the client has gone.
            throw new OperationCanceledException("No one reads.");
        }
    }
}
