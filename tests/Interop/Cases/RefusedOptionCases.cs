using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using ServerSessions.Interop.Host;

namespace ServerSessions.Interop.Cases;

/// <summary>Options with which neither starts. The message is that of the side that refuses.</summary>
public sealed class RefusedOptionCases(InteropHosts hosts)
{
    [Theory, BothSides]
    public Task Unset_is_keep_or_destroy(Side side) => IsRefused(side, """{"secret":"s","unset":"delete"}""", "unset");

    [Theory, BothSides]
    public Task An_array_of_secrets_is_not_empty(Side side) => IsRefused(side, """{"secret":[]}""", "secret");

    private async Task IsRefused(Side side, string options, string named)
    {
        if (side == Side.Express)
        {
            hosts.SkipWhereExpressIsUnavailable();
        }

        var refusal =
            side == Side.Express
                ? await Assert.ThrowsAsync<InvalidOperationException>(() => hosts.StartExpressAsync(StoreKind.Memory, options)) as Exception
                : await Assert.ThrowsAsync<BadArgumentException>(() => ProjectHost.StartAsync(StoreKind.Memory, options));

        Assert.Contains($"{named} ", refusal.Message, StringComparison.Ordinal);
    }
}
