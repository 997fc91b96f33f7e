namespace ServerSessions;

/// <summary>
/// A session would exceed a limit of <see cref="ServerSessionOptions"/>. Thrown by <c>Set</c> or when the session is saved, before anything
/// is stored. The application must handle it; it is not a failure of the store. The message has neither key nor value.
/// </summary>
public sealed class SessionLimitException : InvalidOperationException
{
    internal SessionLimitException(string attempt, string found, string option, long limit, long actual, string remedy)
        : base(
            FormattableString.Invariant(
                $"{attempt}: {found}, and ServerSessionOptions.{option} allows {limit}. {remedy}, or raise the option."
            )
        )
    {
        Option = option;
        Limit = limit;
        Actual = actual;
    }

    /// <summary>The name of the option: <c>MaxSessionBytes</c>, <c>MaxKeys</c> or <c>MaxKeyLength</c>.</summary>
    public string Option { get; }

    /// <summary>The most that the option allows, in the unit of <see cref="Actual"/>.</summary>
    public long Limit { get; }

    /// <summary>
    /// The size that the session or the key would have: bytes of JSON in UTF-8 (<c>MaxSessionBytes</c>), keys (<c>MaxKeys</c>) or UTF-16
    /// characters (<c>MaxKeyLength</c>). Always greater than <see cref="Limit"/>.
    /// </summary>
    public long Actual { get; }
}
