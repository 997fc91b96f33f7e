namespace ServerSessions.Stores;

/// <summary>Makes the exceptions of a store that keeps sessions on a disk of this machine and queues calls for its own threads.</summary>
internal abstract class DiskErrors(string backend, string place) : StoreErrors(backend, place)
{
    /// <summary>Returns the exception for a call that was not started in time.</summary>
    public SessionStoreUnavailableException Overloaded(SessionStoreOperation operation, TimeSpan waited) =>
        Unavailable(
            operation,
            $"the call was still queued after {Seconds(waited)} (OperationTimeout). Nothing was written. The disk is too slow for this "
                + "load or does not respond, or a long operation (clear) was running. Reduce the load or raise OperationTimeout."
        );

    /// <summary>Returns the exception for a call that was started and not finished in time.</summary>
    public SessionStoreUnavailableException Stalled(SessionStoreOperation operation, TimeSpan waited) =>
        Unavailable(
            operation,
            $"the operation started and was not finished after {Seconds(waited)} (OperationTimeout). It may still take effect. Check the "
                + "disk."
        );
}
