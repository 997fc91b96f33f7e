namespace ServerSessions;

/// <summary>What becomes of the stored session when it is taken off the request.</summary>
public enum SessionUnset
{
    /// <summary>It stays in the store as it was; what this request changed is dropped.</summary>
    Keep,

    /// <summary>It is destroyed.</summary>
    Destroy,
}
