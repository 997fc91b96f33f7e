using MongoDB.Bson;

namespace ServerSessions.Testing.MongoServer;

/// <summary>What a server does to a command in place of, or around, executing it.</summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>The connection is closed and the command was not executed.</summary>
    public static Fault CloseBefore { get; } = new Close(Executed: false);

    /// <summary>The command is executed, and the connection is closed in place of a reply: the client cannot know.</summary>
    public static Fault CloseAfter { get; } = new Close(Executed: true);

    /// <summary>No reply ever comes; the command was not executed.</summary>
    public static Fault Hang { get; } = new Delay(Timeout.InfiniteTimeSpan);

    /// <summary>The command is executed, and its reply is sent after a time, real time.</summary>
    /// <param name="time">The time.</param>
    /// <returns>The fault.</returns>
    public static Fault After(TimeSpan time) => new Delay(time);

    /// <summary>The command is not executed and fails with a code; retryable codes carry the label that drivers look for.</summary>
    /// <param name="code">For instance 10107 (NotWritablePrimary), 91 (ShutdownInProgress), 13 (Unauthorized).</param>
    /// <param name="message">The error's text.</param>
    /// <returns>The fault.</returns>
    public static Fault Error(int code, string message = "a fault of the test") => new Failure(code, message);

    /// <summary>The first statement of a write command fails with a code, in the way of a write error.</summary>
    /// <param name="code">For instance 11000 (DuplicateKey), 121 (DocumentValidationFailure).</param>
    /// <param name="message">The error's text.</param>
    /// <returns>The fault.</returns>
    public static Fault WriteError(int code, string message = "a fault of the test") =>
        new Answer(
            new BsonDocument
            {
                { "n", 0 },
                {
                    "writeErrors",
                    new BsonArray
                    {
                        new BsonDocument
                        {
                            { "index", 0 },
                            { "code", code },
                            { "errmsg", message },
                        },
                    }
                },
                { "ok", 1 },
            }
        );

    /// <summary>The command is executed and its reply says that the write concern was not met.</summary>
    /// <param name="code">For instance 64 (WriteConcernTimeout).</param>
    /// <param name="message">The error's text.</param>
    /// <returns>The fault.</returns>
    public static Fault WriteConcernError(int code, string message = "a fault of the test") =>
        new Addition(new BsonDocument("writeConcernError", new BsonDocument { { "code", code }, { "errmsg", message } }));

    /// <summary>The command is not executed and gets this reply.</summary>
    /// <param name="reply">The reply, with <c>ok</c>.</param>
    /// <returns>The fault.</returns>
    public static Fault Reply(BsonDocument reply) => new Answer(reply);

    internal sealed record Close(bool Executed) : Fault;

    internal sealed record Delay(TimeSpan Time) : Fault;

    internal sealed record Failure(int Code, string Message) : Fault;

    internal sealed record Answer(BsonDocument Document) : Fault;

    internal sealed record Addition(BsonDocument Document) : Fault;
}
