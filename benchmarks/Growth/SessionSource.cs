using System.Text;

namespace ServerSessions.Benchmarks.Growth;

/// <summary>Sessions by number. An id is computed and not remembered, so that what a store holds is the store's alone.</summary>
internal sealed class SessionSource(int bytesOfText, TimeProvider clock)
{
    /// <summary>How long a live session lives: longer than any run.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly byte[] _payload = Encoding.UTF8.GetBytes(
        $$$"""{"cookie":{"originalMaxAge":604800000,"expires":"2030-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"n":0,"data":"{{{new string('x', bytesOfText)}}}"}"""
    );

    public int PayloadLength => _payload.Length;

    /// <summary>An id of 32 characters, spread over its whole range.</summary>
    public static string Sid(long number) => string.Create(32, number, static (text, number) =>
        {
            Mix((ulong)number).TryFormat(text, out _, "x16");
            Mix(~(ulong)number).TryFormat(text[16..], out _, "x16");
        });

    /// <summary>A record with a payload of its own, as the middleware makes one.</summary>
    public SessionRecord Record(TimeSpan? lifetime = null) => new(_payload, clock.GetUtcNow() + (lifetime ?? Lifetime));

    /// <summary>SplitMix64: a bijection, so that no two numbers meet.</summary>
    private static ulong Mix(ulong number)
    {
        number = unchecked(number + 0x9E3779B97F4A7C15);
        number = unchecked((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9);
        number = unchecked((number ^ (number >> 27)) * 0x94D049BB133111EB);
        return number ^ (number >> 31);
    }
}
