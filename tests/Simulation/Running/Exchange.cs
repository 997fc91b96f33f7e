namespace ServerSessions.Simulation.Running;

/// <summary>One request of a history.</summary>
internal sealed class Exchange(int browser, Step step, int number)
{
    public int Browser { get; } = browser;

    public Step Step { get; } = step;

    /// <summary>What a write writes: a key that no other does.</summary>
    public string Key { get; } = $"b{browser}.w{number}";

    /// <summary>The sid in the cookie that was sent.</summary>
    public string? SentSid { get; set; }

    public int Started { get; set; }

    public int Ended { get; set; } = int.MaxValue;

    /// <summary>The status; 0 if the response was cut.</summary>
    public int Status { get; set; }

    /// <summary>Whether the application ran.</summary>
    public bool Ran { get; set; }

    /// <summary>What the session held when the application got it.</summary>
    public IReadOnlyList<string> Found { get; set; } = [];

    /// <summary>The session id when the application was done with it.</summary>
    public string? LeftSid { get; set; }

    /// <summary>The place in a count that an update got: the count's name, and the number.</summary>
    public string? Counted { get; set; }

    /// <summary>The code that the request took.</summary>
    public string? Taken { get; set; }

    /// <summary>Whether the operation on the session completed.</summary>
    public bool Done { get; set; }

    public bool IsAcknowledged => Status == 200 && Done;

    /// <summary>Whether the request ends a session or gives it another id.</summary>
    public bool Ends => Step is Step.Destroy or Step.Unset or Step.Move or Step.Regenerate or Step.WriteAndMove;

    public override string ToString() =>
        $"[{Started}..{Ended}] browser {Browser} {Step} {Key} with {SentSid ?? "no cookie"}: {Status}, found "
        + $"{string.Join(' ', Found)}, left {LeftSid ?? "nothing"}";
}
