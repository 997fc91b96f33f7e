namespace ServerSessions;

/// <summary>
/// The texts of the page part of a user's sessions, for another language or wording. Each is plain text, and is encoded. <c>{0}</c> stands
/// for what its comment says.
/// </summary>
public sealed record UserSessionTexts
{
    /// <summary>The heading.</summary>
    public string Title { get; init; } = "Your devices";

    /// <summary>What the list is. Empty: no such line.</summary>
    public string Introduction { get; init; } = "Where you are signed in. End what you do not recognize, and change your password.";

    /// <summary>The badge of the session that asks.</summary>
    public string ThisDevice { get; init; } = "This device";

    /// <summary>A session whose device is not known.</summary>
    public string UnknownDevice { get; init; } = "A device";

    /// <summary>A session that was used in the last five minutes.</summary>
    public string ActiveNow { get; init; } = "Active now";

    /// <summary>A session that was used minutes ago: their number.</summary>
    public string MinutesAgo { get; init; } = "Active {0} minutes ago";

    /// <summary>A session that was used an hour ago.</summary>
    public string HourAgo { get; init; } = "Active an hour ago";

    /// <summary>A session that was used hours ago: their number.</summary>
    public string HoursAgo { get; init; } = "Active {0} hours ago";

    /// <summary>A session that was used longer ago: the date.</summary>
    public string LastActive { get; init; } = "Last active {0}";

    /// <summary>When the user signed in: the date.</summary>
    public string SignedIn { get; init; } = "Signed in {0}";

    /// <summary>When and how the user signed in: the date, and as <c>{1}</c> the method.</summary>
    public string SignedInWith { get; init; } = "Signed in {0} with {1}";

    /// <summary>How a date is written: a format of .NET for the culture of the request. The time is UTC.</summary>
    public string DateFormat { get; init; } = "d MMM yyyy";

    /// <summary>The button that ends one session.</summary>
    public string End { get; init; } = "End";

    /// <summary>What that button says to a screen reader: the device.</summary>
    public string EndOf { get; init; } = "End session on {0}";

    /// <summary>The button that ends all other sessions.</summary>
    public string EndOthers { get; init; } = "Sign out everywhere else";

    /// <summary>The button that signs out; see <see cref="UserSessionEndpointOptions.SignOutPath"/>.</summary>
    public string SignOut { get; init; } = "Sign out";

    /// <summary>The message after one session was ended.</summary>
    public string Ended { get; init; } = "The session is ended.";

    /// <summary>The message after all others were ended.</summary>
    public string EndedOthers { get; init; } = "You are signed out everywhere else.";

    /// <summary>The message if a session may not be ended yet, because the store failed.</summary>
    public string Failed { get; init; } = "A session may not be ended yet. Try again.";
}
