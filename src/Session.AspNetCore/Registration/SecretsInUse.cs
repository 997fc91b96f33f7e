namespace ServerSessions;

/// <summary>
/// The secrets of all names of sessions. Two names must not share one: the signature of a cookie does not name the sessions that it is for,
/// so that a visitor's cookie would be accepted as an admin's. A reload is judged by what it brings to all names. Safe for concurrent use.
/// </summary>
internal sealed class SecretsInUse
{
    // Two reloads at once: the one that has its turn last reads last.
    private readonly Lock _turn = new();
    private readonly List<SessionRuntimes> _all = [];

    /// <summary>Adds the sessions of a name, with the secrets that they start with.</summary>
    /// <exception cref="InvalidOperationException">Sessions of another name have one of the secrets. The message contains none.</exception>
    public void Add(SessionRuntimes runtimes)
    {
        lock (_turn)
        {
            if (_all.Find(other => Share(other.Current.Secrets, runtimes.Current.Secrets)) is { } shared)
            {
                throw new InvalidOperationException(Refusal(runtimes, shared));
            }

            _all.Add(runtimes);
        }
    }

    /// <summary>Forgets the sessions of a name, because their application ends.</summary>
    public void Remove(SessionRuntimes runtimes)
    {
        lock (_turn)
        {
            _all.Remove(runtimes);
        }
    }

    /// <summary>
    /// Reads the secrets of all names again, and uses those that are valid and not shared. So two names can exchange their secrets, or one
    /// can get what another gives up, in one change of the configuration. A refusal is logged for the name that was told to reload.
    /// </summary>
    public void Reload(SessionRuntimes told)
    {
        lock (_turn)
        {
            var changes = _all.ConvertAll(static runtimes => runtimes.ReadAgain());
            while (FindShared(changes) is var (one, other))
            {
                // What is in use is not shared, so at least one of the two is a change. Each round takes one back.
                var refusal = Refusal(changes[one].Of, changes[other].Of);
                (changes[one], changes[other]) = (changes[one].Refuse(refusal), changes[other].Refuse(refusal));
            }

            foreach (var change in changes)
            {
                change.Apply(logsRefusal: change.Of == told);
            }
        }
    }

    private static (int One, int Other)? FindShared(List<SecretChange> changes)
    {
        for (var one = 1; one < changes.Count; one++)
        {
            var other = changes.FindIndex(0, one, change => Share(change.Secrets, changes[one].Secrets));
            if (other >= 0)
            {
                return (one, other);
            }
        }

        return null;
    }

    private static bool Share(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
        some.Intersect(others, StringComparer.Ordinal).Any();

    private static string Refusal(SessionRuntimes one, SessionRuntimes other) =>
        $"A secret is shared by {NamedServices.Describe(one.Name)} and {NamedServices.Describe(other.Name)}, as Secret or in "
        + "PreviousSecrets: a cookie of one would be accepted for the other. Give each name secrets of its own.";
}
