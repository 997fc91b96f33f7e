namespace ServerSessions.Stores;

/// <summary>What a <see cref="StoreCheck"/> is about.</summary>
public enum StoreCheckGroup
{
    /// <summary>Whether the backend can be reached, and how fast it replies.</summary>
    Reach,

    /// <summary>What the account may do.</summary>
    Rights,

    /// <summary>The tables, indexes, collections and folders.</summary>
    Shape,

    /// <summary>The clocks.</summary>
    Time,

    /// <summary>What has expired and is still there.</summary>
    Tidy,

    /// <summary>Settings with which sessions can be lost.</summary>
    Safety,

    /// <summary>The sessions themselves.</summary>
    Content,

    /// <summary>The lists of users' sessions.</summary>
    Users,
}
