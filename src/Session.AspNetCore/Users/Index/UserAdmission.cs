namespace ServerSessions;

/// <summary>What became of a sign-in that was to be listed.</summary>
internal enum UserAdmissionResult
{
    /// <summary>The list has it.</summary>
    Listed,

    /// <summary>The list is full of sessions of which some may have expired. Nothing was changed.</summary>
    Full,

    /// <summary>The list is full, and the options refuse more.</summary>
    Refused,

    /// <summary>The sign-in was ended in the meantime.</summary>
    Over,
}

/// <summary>
/// Adds a sign-in to the list of its user, and decides which sessions are then too many. Both in one step, so that the largest number holds
/// for parallel sign-ins too.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="entry">The session. <see cref="UserIndexEntry.Added"/> is set here.</param>
/// <param name="until">The instant that the list must outlive.</param>
/// <param name="isAgain">Whether the list had it before, so that an absent one was ended.</param>
/// <param name="checkedAt">When the credential was checked, if that is known.</param>
internal sealed class UserAdmission(
    UserSessionOptions options,
    UserIndexEntry entry,
    DateTimeOffset until,
    bool isAgain,
    DateTimeOffset? checkedAt
)
{
    /// <summary>Whether dead sessions were removed from the list, so that a full one is full.</summary>
    public bool IsHealed { get; set; }

    public UserAdmissionResult Result { get; private set; }

    /// <summary>The sessions to end: those that are too many, and those that an ending under way has left.</summary>
    public IReadOnlyList<UserIndexEntry> Surplus { get; private set; } = [];

    /// <summary>Whether the user has sessions, and none on such a device.</summary>
    public bool IsNewDevice { get; private set; }

    /// <summary>Returns the new list for the current one; see <see cref="UserIndex.EditAsync"/>.</summary>
    public UserIndexContent? Admit(string subject, UserIndexContent? list, DateTimeOffset now)
    {
        var known = list?.Find(entry.Handle);
        if (list?.EndedAt > checkedAt || known is { Ending: true } || (isAgain && known is null))
        {
            Result = UserAdmissionResult.Over;
            return list;
        }

        list ??= UserIndexContent.Empty(subject, until);
        var others = list.Entries.Where(other => !other.Ending && other != known).ToList();
        var tooMany = others.Count + 1 - options.MaxSessionsPerUser;
        if (known is null && tooMany > 0 && (!IsHealed || options.WhenTooMany == WhenTooManySessions.Refuse))
        {
            Result = IsHealed ? UserAdmissionResult.Refused : UserAdmissionResult.Full;
            return list;
        }

        IsNewDevice = others.Count > 0 && entry.Device is not null && others.TrueForAll(other => other.Device != entry.Device);
        var oldest = others
            .OrderBy(static other => other.Since)
            .Take(Math.Max(tooMany, 0))
            .Select(static other => other.Handle)
            .ToHashSet(StringComparer.Ordinal);
        var next = list with
        {
            Entries =
            [
                .. list.Entries.Select(other =>
                    oldest.Contains(other.Handle) ? other.ToEnd(SessionEndReason.TooManySessions) : other
                ),
            ],
        };
        Surplus = [.. next.Entries.Where(static other => other.Ending)];
        Result = UserAdmissionResult.Listed;
        return next.With((known ?? entry).With(entry.Keys[0], now)).Outliving(until);
    }
}
