namespace ServerSessions;

// The overloads differ in a parameter that is required.
#pragma warning disable RS0026

/// <summary>
/// The session of the visitor for Blazor components, both in a request (static rendering, prerendering, forms) and in the circuit of an
/// interactive page, which outlives its request. <c>AddServerSessionAccessor()</c> registers it. Inject it into components.
/// </summary>
/// <remarks>
/// <para>In a request it is the session of <c>HttpContext.GetServerSession()</c>: the store is read once per request, and changes are
/// stored before the first byte of the response.</para>
/// <para>In a circuit each call reads the session from the store, so it shows what other requests and circuits have stored. The circuit
/// keeps a reference to the session with which its connection was opened, and no values.</para>
/// <para>A circuit has no response, so it cannot send a cookie. It can neither begin a session nor give it a new id: both throw
/// <see cref="ResponseRequiredException"/>. Do that in a static page or a form, and load the page again.</para>
/// <para>It is for the scope of the component that it is injected into. In another scope, such as that of
/// <c>OwningComponentBase</c>, it throws <see cref="InvalidOperationException"/>. In a circuit it is safe for concurrent use; in a request
/// it is not, like the request itself.</para>
/// </remarks>
public interface IServerSessionAccessor
{
    /// <summary>
    /// Returns the session as it is now, for reading. Creates no session. In a circuit it does not extend the session, and the returned
    /// object cannot be changed; use <see cref="UpdateAsync(Action{ServerSession}, CancellationToken)"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The session; <see langword="null"/> if the visitor has none: it has not begun, has ended, or was given a new id since the circuit
    /// was opened.
    /// </returns>
    /// <exception cref="ServerSessionUnavailableException">In a request: it is unknown whether the visitor has a session.</exception>
    /// <exception cref="SessionStoreException">In a circuit: the session could not be read.</exception>
    /// <exception cref="InvalidOperationException">The caller is neither in a request with sessions nor in a circuit.</exception>
    ValueTask<ServerSession?> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the session. In a request this is the session of the request, created if the visitor has none, and stored with the response.
    /// In a circuit the session is read, changed, stored by compare-and-set, and extended, before this call returns.
    /// </summary>
    /// <remarks>
    /// Keys that other requests and circuits change in the meantime are kept. For a value that several change at once, such as a counter or
    /// a cart, call <see cref="ServerSession.UpdateAsync{T}(string, Func{T, T}, CancellationToken)"/> inside; then no change is lost.
    /// </remarks>
    /// <param name="change">
    /// Changes the session. Called once. In a circuit the object is usable until it returns. If it throws, this call throws the same, and
    /// in a circuit nothing more is stored.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The changes may then have been stored.</param>
    /// <returns>A task that completes in a circuit once the store has acknowledged the changes.</returns>
    /// <exception cref="ResponseRequiredException">
    /// The visitor has no session, and no response can send the cookie of a new one: in a circuit, or after the first byte of a response.
    /// Nothing was stored.
    /// </exception>
    /// <exception cref="SessionNotFoundException">
    /// In a circuit: the session has ended or was given a new id. Nothing was stored. Load the page again.
    /// </exception>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    /// <exception cref="ServerSessionUnavailableException">In a request: it is unknown whether the visitor has a session.</exception>
    /// <exception cref="SessionStoreException">In a circuit: the session could not be read or stored.</exception>
    /// <exception cref="InvalidOperationException">
    /// The request cannot have a session, or the caller is neither in a request with sessions nor in a circuit.
    /// </exception>
    ValueTask UpdateAsync(Action<ServerSession> change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the session by an asynchronous function; see <see cref="UpdateAsync(Action{ServerSession}, CancellationToken)"/>.
    /// <c>session => session.DestroyAsync()</c> ends it.
    /// </summary>
    /// <inheritdoc cref="UpdateAsync(Action{ServerSession}, CancellationToken)"/>
    ValueTask UpdateAsync(Func<ServerSession, ValueTask> change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the session by an asynchronous function and returns its result, such as
    /// <c>session => session.UpdateAsync&lt;int&gt;("count", count => count + 1)</c>; see
    /// <see cref="UpdateAsync(Action{ServerSession}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>The result of the function.</returns>
    /// <inheritdoc cref="UpdateAsync(Action{ServerSession}, CancellationToken)"/>
    ValueTask<T> UpdateAsync<T>(Func<ServerSession, ValueTask<T>> change, CancellationToken cancellationToken = default);
}
