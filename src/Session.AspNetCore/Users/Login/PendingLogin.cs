namespace ServerSessions;

/// <summary>A sign-in of this request that is not stored yet. Held beside the session, so that other requests have no cost.</summary>
internal sealed class PendingLogin : IHeldValues
{
    /// <summary>The handle of the sign-in.</summary>
    public required string Handle { get; set; }

    /// <summary>The key under which the user's list has the session; <see langword="null"/> if it is not listed yet.</summary>
    public string? Key { get; set; }

    /// <summary>When the list was asked to have it: <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ListedAt { get; set; }

    /// <summary>
    /// Whether the application did not sign the user in: the session had a user already, and its list is only completed.
    /// </summary>
    public bool IsAdoption { get; set; }

    /// <summary>Whether no other session of the user has the description of this device.</summary>
    public bool IsNewDevice { get; set; }

    /// <summary>Whether the session is stored with the sign-in.</summary>
    public bool IsStored { get; set; }

    /// <summary>Returns the sign-in of a request that is not stored yet; <see langword="null"/> if there is none.</summary>
    public static PendingLogin? Find(RequestSession request)
    {
        if (request.History.Changes is not { Held: { Count: > 0 } held })
        {
            return null;
        }

        foreach (var values in held)
        {
            if (values is PendingLogin { IsStored: false } pending)
            {
                return pending;
            }
        }

        return null;
    }

    /// <summary>Takes the place of an earlier sign-in of the request.</summary>
    public void Become(PendingLogin other)
    {
        (Handle, Key, ListedAt) = (other.Handle, other.Key, other.ListedAt);
        (IsAdoption, IsNewDevice, IsStored) = (other.IsAdoption, other.IsNewDevice, other.IsStored);
    }

    public void On(HeldMoment moment)
    {
        // Whether the session still has the sign-in is seen when it is stored.
    }
}
