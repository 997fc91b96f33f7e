using System.Diagnostics;

namespace ServerSessions;

/// <summary>
/// The result of <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>. The default value means that the session is absent.
/// </summary>
/// <remarks>Later versions may add members. A store that does not set such a member returns its default.</remarks>
[DebuggerDisplay("{Record}, touched: {IsTouched}")]
public readonly struct GetAndTouchResult
{
    /// <summary>The record, with its true expiry; <see langword="null"/> if the session is absent.</summary>
    public SessionRecord? Record { get; init; }

    /// <summary>Whether the expiry was moved. Always <see langword="false"/> if the session is absent.</summary>
    public bool IsTouched { get; init; }
}
