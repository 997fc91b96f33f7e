namespace ServerSessions.Conformance;

/// <summary>The kinds of calls that a history tells apart. A listing is a get of each session, and a clear a destroy of each.</summary>
internal enum HistoryCallKind
{
    Get,
    Set,
    Destroy,
    Touch,
    GetAndTouch,
    TrySet,
}

/// <summary>One call on one session: what was asked, from when to when, and what came of it.</summary>
internal sealed class HistoryCall(HistoryCallKind kind, string caller)
{
    /// <summary>The end of a call whose outcome is unknown: it may take effect at any later time, or never.</summary>
    public const int Never = int.MaxValue;

    public HistoryCallKind Kind => kind;

    public string Caller => caller;

    /// <summary>The member that was called, if it is not that of the kind: <c>all</c>, <c>clear</c>.</summary>
    public string? Via { get; init; }

    /// <summary>The place in the order of all starts and ends.</summary>
    public required int Start { get; init; }

    public int End { get; set; } = Never;

    /// <summary>The lowest reading of the clock during the call.</summary>
    public required DateTimeOffset Earliest { get; set; }

    /// <summary>The highest reading during the call.</summary>
    public DateTimeOffset Latest { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The highest reading from the beginning of the history to the end of the call: what may have expired by then.</summary>
    public DateTimeOffset LatestEver { get; set; } = DateTimeOffset.MaxValue;

    public bool IsUnknown => End == Never;

    /// <summary>The content that the call writes.</summary>
    public int Written { get; init; }

    /// <summary>The payload that a try-set expects; null: absence.</summary>
    public ReadOnlyMemory<byte>? ExpectedPayload { get; init; }

    /// <summary>Its number, once all that was written is known; <see cref="HistoryContents.None"/>: absence.</summary>
    public int Expected { get; set; }

    /// <summary>The expiry that was asked for; null: the default lifetime.</summary>
    public DateTimeOffset? Asked { get; init; }

    /// <summary>The beginning of a payload that a get-and-touch asks for.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>The content that was read; <see cref="HistoryContents.None"/>: absent.</summary>
    public int Read { get; set; }

    /// <summary>The expiry that was read.</summary>
    public DateTimeOffset? ReadExpires { get; set; }

    /// <summary>Whether a touch found the session, or a get-and-touch moved its expiry.</summary>
    public bool Touched { get; set; }

    public ConditionalSetResult Result { get; set; }

    /// <summary>Whether the call writes without regard to what is there.</summary>
    public bool IsBlind => kind is HistoryCallKind.Set or HistoryCallKind.Destroy;

    /// <summary>Whether the call, as it ended, changed nothing: its place in the order only has to explain what it saw.</summary>
    public bool IsObservation =>
        !IsUnknown
        && kind switch
        {
            HistoryCallKind.Get => true,
            HistoryCallKind.Touch => !Touched,
            HistoryCallKind.GetAndTouch => !Touched && Read != HistoryContents.None,
            HistoryCallKind.TrySet => Result is ConditionalSetResult.Missing or ConditionalSetResult.Changed,
            _ => false,
        };
}
