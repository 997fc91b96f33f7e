namespace ServerSessions;

/// <summary>What happens to the stored session if the application detaches it from the request.</summary>
public enum SessionUnset
{
    /// <summary>The stored session stays unchanged. The changes of this request are dropped.</summary>
    Keep,

    /// <summary>The stored session is destroyed.</summary>
    Destroy,
}
