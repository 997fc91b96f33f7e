namespace ServerSessions;

/// <summary>
/// Gets the events of sessions: for an audit log, a notice by mail, an alert. Implement the members that you need, and register the class
/// with <c>AddEvents</c> or <c>AddQueuedEvents</c>.
/// </summary>
/// <remarks>
/// <para><b>When.</b> An event is raised after the store has acknowledged what it reports, and before the response leaves. It is raised at
/// most once, and in order within a request. There is no order between requests or instances.</para>
/// <para><b>Not promised.</b> A process that ends takes the events with it that it has not raised. No event says that a session has expired
/// unless this library found out: servers such as Redis and MongoDB remove sessions by themselves. <see cref="CreatedAsync"/> does not say
/// that the browser has the cookie. What Node does with a session raises no event here.</para>
/// <para><b>Errors.</b> A handler that throws breaks no request. The exception is logged, and the counter
/// <c>server_session.events.failed</c> counts it. The other handlers run.</para>
/// <para><b>Time.</b> The request waits for the handler. Register one that may be slow with <c>AddQueuedEvents</c>. In a handler that the
/// request waits for, <c>IHttpContextAccessor</c> has the request.</para>
/// <para><b>Threads.</b> One object gets the events of all requests, so it must be thread safe.</para>
/// </remarks>
public interface IServerSessionEvents
{
    /// <summary>
    /// Whether <see cref="ChangedAsync"/> gets the names of the changed keys: <see cref="SessionChanged.Keys"/>. A name may have data of a
    /// user in it, so a handler must ask. It costs one parse of the stored session for each change. Always the same. Default
    /// <see langword="false"/>.
    /// </summary>
    bool WantsChangedKeys => false;

    /// <summary>Called after the first record of a new session was stored.</summary>
    /// <param name="created">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask CreatedAsync(SessionCreated created) => default;

    /// <summary>Called after a session in which a user has signed in was stored.</summary>
    /// <param name="signedIn">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask SignedInAsync(SessionSignedIn signedIn) => default;

    /// <summary>Called after a session has moved to a new id with its data.</summary>
    /// <param name="renewed">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask RenewedAsync(SessionRenewed renewed) => default;

    /// <summary>Called after a session that was stored before was stored again. A touch is no change.</summary>
    /// <param name="changed">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask ChangedAsync(SessionChanged changed) => default;

    /// <summary>Called after a session was ended before its time, and its record was removed.</summary>
    /// <param name="ended">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask EndedAsync(SessionEnded ended) => default;

    /// <summary>
    /// Called after a session was not ended although it was to be: the store failed, or the caller left. The session may be live. An end
    /// that the list of a user has noted is tried again by the next look at the list; if that fails too, this is called again.
    /// </summary>
    /// <param name="failed">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask EndFailedAsync(SessionEndFailed failed) => default;

    /// <summary>Called after sessions whose time has passed were removed by this library.</summary>
    /// <param name="expired">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask ExpiredAsync(SessionExpired expired) => default;

    /// <summary>
    /// Called if a request came with a session cookie that got it no session. Any client can cause it, so do not write a line for each.
    /// </summary>
    /// <param name="rejected">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask RejectedAsync(SessionRejected rejected) => default;

    /// <summary>
    /// Called when the store becomes unavailable: it says so, or a call fails with <see cref="SessionStoreUnavailableException"/>.
    /// </summary>
    /// <param name="unavailable">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask StoreUnavailableAsync(SessionStoreUnavailable unavailable) => default;

    /// <summary>Called when the store can be used again.</summary>
    /// <param name="recovered">The event.</param>
    /// <returns>A task that completes when the event is handled.</returns>
    ValueTask StoreRecoveredAsync(SessionStoreRecovered recovered) => default;
}
