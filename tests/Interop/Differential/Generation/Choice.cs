namespace ServerSessions.Interop.Differential.Generation;

/// <summary>Choosing with a seeded generator.</summary>
internal static class Choice
{
    public static T Of<T>(this Random random, params ReadOnlySpan<T> items) => items[random.Next(items.Length)];

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;
}
