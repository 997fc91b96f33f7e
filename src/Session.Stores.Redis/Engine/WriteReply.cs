namespace Session.Stores.Redis.Engine;

/// <summary>What a script that writes answers: ten times the server's Unix milliseconds, plus what it did.</summary>
internal readonly struct WriteReply(long number)
{
    public long ServerTime => number / 10;

    public WriteOutcome Outcome => (WriteOutcome)(number % 10);
}
