namespace ServerSessions;

/// <summary>What was being done when a <see cref="SessionStoreException"/> happened.</summary>
public enum SessionStoreOperation
{
    /// <summary>Connecting, opening, or creating tables and folders.</summary>
    Open,

    /// <summary>
    /// <see cref="ISessionStore.GetAsync"/>, <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>, or reading the payload that they
    /// gave.
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
