using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace Session.Testing;

internal static class Skip
{
    /// <summary>Ends the calling test as skipped where there is a reason.</summary>
    public static void Where(string? reason) => Assert.SkipWhen(reason is not null, reason ?? "");

    [DoesNotReturn]
    public static void Because(string reason) => Assert.Skip(reason);
}
