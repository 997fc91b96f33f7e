using System.Diagnostics;

namespace ServerSessions;

/// <summary>The answer of <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>. The default stands for a session that is absent.</summary>
/// <param name="record">The record; <see langword="null"/> where the session is absent.</param>
/// <param name="isTouched">Whether its expiry was moved.</param>
[DebuggerDisplay("{Record}, touched: {IsTouched}")]
public readonly struct GetAndTouchResult(SessionRecord? record, bool isTouched)
{
    /// <summary>The record, with its true expiry; <see langword="null"/> where the session is absent.</summary>
    public SessionRecord? Record { get; } = record;

    /// <summary>Whether the expiry was moved. Never where the session is absent.</summary>
    public bool IsTouched { get; } = isTouched;
}
