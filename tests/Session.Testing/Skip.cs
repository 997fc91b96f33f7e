using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace ServerSessions.Testing;

/// <summary>
/// Ends tests whose server cannot be had as skipped. With <c>SESSION_TEST_REQUIRE_SERVERS</c> set they fail instead: for a machine that is
/// meant to have all servers.
/// </summary>
internal static class Skip
{
    public static bool IsFailure { get; } = Environment.GetEnvironmentVariable("SESSION_TEST_REQUIRE_SERVERS") is { Length: > 0 };

    /// <summary>Ends the calling test if there is a reason.</summary>
    public static void Where(string? reason)
    {
        if (reason is not null)
        {
            Because(reason);
        }
    }

    [DoesNotReturn]
    public static void Because(string reason)
    {
        if (IsFailure)
        {
            Assert.Fail($"SESSION_TEST_REQUIRE_SERVERS is set, and a server is missing: {reason}");
        }

        Assert.Skip(reason);
    }
}
