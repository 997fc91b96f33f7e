namespace ServerSessions.Conformance;

/// <summary>The fidelity with which a store returns payloads.</summary>
public enum PayloadFidelity
{
    /// <summary>Byte for byte.</summary>
    Bytes,

    /// <summary>
    /// As an equal JSON value, perhaps formatted differently: the backend's own format is JSON or BSON. Such a store may refuse strings
    /// that its backend cannot hold, with a <see cref="SessionStoreException"/>, before anything is written.
    /// </summary>
    Json,
}
