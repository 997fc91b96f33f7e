namespace ServerSessions.Stores.Redis.Engine;

/// <summary>The last digit of a <see cref="WriteReply"/>.</summary>
internal enum WriteOutcome
{
    /// <summary>The deadline had passed, or the server's clock was not known: nothing was done.</summary>
    Late = 0,

    Done = 1,

    Missing = 2,

    Changed = 3,
}
