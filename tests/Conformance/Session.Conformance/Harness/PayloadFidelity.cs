namespace ServerSessions.Conformance;

/// <summary>How faithfully a store gives payloads back.</summary>
public enum PayloadFidelity
{
    /// <summary>Byte for byte.</summary>
    Bytes,

    /// <summary>
    /// As the same JSON value, perhaps written otherwise: the backend's own format is JSON or BSON. Such a store may refuse texts that its
    /// backend cannot hold, with a <see cref="SessionStoreException"/>, before anything is written.
    /// </summary>
    Json,
}
