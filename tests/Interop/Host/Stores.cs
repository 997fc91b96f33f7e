namespace ServerSessions.Interop.Host;

/// <summary>The values of <c>--store</c>: what <c>AddStoreFromUrl</c> takes, and plain <c>memory</c>.</summary>
internal static class Stores
{
    /// <exception cref="BadArgumentException">The value is none of them.</exception>
    public static void AddTo(IServerSessionBuilder builder, string store)
    {
        try
        {
            builder.AddStoreFromUrl(store == "memory" ? "memory:" : store);
        }
        catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException)
        {
            throw new BadArgumentException($"--store: {refusal.Message}");
        }
    }
}
