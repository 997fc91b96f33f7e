namespace ServerSessions.Trust.Tests.Support;

/// <summary>How much is run: a little by default, what the figures are measured with where <c>SESSION_TRUST</c> is <c>long</c>.</summary>
internal static class Scale
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("SESSION_TRUST") == "long";

    public static int Of(int quick, int thorough) => IsLong ? thorough : quick;
}
