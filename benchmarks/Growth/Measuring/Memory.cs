namespace ServerSessions.Benchmarks.Growth.Measuring;

internal static class Memory
{
    /// <summary>The bytes of managed objects that are in use, garbage taken away first.</summary>
    public static long Live()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
