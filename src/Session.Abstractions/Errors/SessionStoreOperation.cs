namespace ServerSessions;

/// <summary>The operation that failed with a <see cref="SessionStoreException"/>.</summary>
public enum SessionStoreOperation
{
    /// <summary>Connecting, opening, or creating tables and folders.</summary>
    Open,

    /// <summary>
    /// <see cref="ISessionStore.GetAsync"/>, <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>, or parsing the payload that they
    /// returned.
    /// </summary>
    Get,

    /// <summary><see cref="ISessionStore.SetAsync"/>.</summary>
    Set,

    /// <summary><see cref="ISessionStore.DestroyAsync"/>.</summary>
    Destroy,

    /// <summary><see cref="ITouchableSessionStore.TouchAsync"/>.</summary>
    Touch,

    /// <summary><see cref="IConditionalSessionStore.TrySetAsync"/>.</summary>
    TrySet,

    /// <summary><see cref="IEnumerableSessionStore.AllAsync"/>.</summary>
    All,

    /// <summary><see cref="IEnumerableSessionStore.LengthAsync"/>.</summary>
    Length,

    /// <summary><see cref="IEnumerableSessionStore.ClearAsync"/>.</summary>
    Clear,

    /// <summary><see cref="IPrunableSessionStore.PruneAsync"/>.</summary>
    Prune,
}
