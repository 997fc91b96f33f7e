using System.Diagnostics;

namespace ServerSessions;

/// <summary>
/// The result of <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/>. The default stands for a session that is absent.
/// </summary>
/// <remarks>Later versions may add members. The default of such a member is what a store returns that does not know it.</remarks>
[DebuggerDisplay("{Record}, touched: {IsTouched}")]
public readonly struct GetAndTouchResult
{
    /// <summary>The record, with its true expiry; <see langword="null"/> if the session is absent.</summary>
    public SessionRecord? Record { get; init; }

    /// <summary>Whether the expiry was moved. Always <see langword="false"/> if the session is absent.</summary>
    public bool IsTouched { get; init; }
}
