namespace ServerSessions.Stores.Redis.Statements;

/// <summary>What a write did. The numbers are those of the scripts.</summary>
internal enum WriteOutcome
{
    /// <summary>Nothing: the deadline had passed, or the server's clock was not known.</summary>
    Late = 0,

    /// <summary>What it was asked.</summary>
    Done = 1,

    /// <summary>Nothing: the session is absent.</summary>
    Missing = 2,

    /// <summary>Nothing: the session is not as expected.</summary>
    Changed = 3,

    /// <summary>Nothing: another command must do it.</summary>
    ForAnother = 4,
}
