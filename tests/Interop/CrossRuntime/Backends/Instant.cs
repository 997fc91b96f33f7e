using ServerSessions.Payload;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>
/// An instant as far as it is known. Redis counts down by a clock of its own, so that what a record's life was when it was written is known
/// no closer than the write took; everywhere else both ends are the same.
/// </summary>
internal readonly record struct Instant(DateTimeOffset Earliest, DateTimeOffset Latest)
{
    public static Instant At(DateTimeOffset instant) => new(instant, instant);

    public void AssertIs(DateTimeOffset expected)
    {
        Assert.True(Earliest <= expected && expected <= Latest, $"{expected:o} was expected, and there is {this}.");
    }

    public override string ToString() => Earliest == Latest ? $"{Earliest:o}" : $"{Earliest:o} to {Latest:o}";
}
