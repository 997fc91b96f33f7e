namespace ServerSessions;

/// <summary>
/// The secrets of all names of sessions. Two names must not share one: the signature of a cookie does not name the sessions that it is for,
/// so that a visitor's cookie would be accepted as an admin's. Safe for concurrent use.
/// </summary>
internal sealed class SecretsInUse
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _secrets = new(StringComparer.Ordinal);

    /// <summary>Notes the secrets of a name, in place of its earlier ones.</summary>
    /// <returns>Why they are refused, and nothing is noted; <see langword="null"/> if they are not. Contains no secret.</returns>
    public string? TryUse(string name, IReadOnlyList<string> secrets)
    {
        lock (_gate)
        {
            foreach (var (other, used) in _secrets)
            {
                if (other != name && used.Intersect(secrets, StringComparer.Ordinal).Any())
                {
                    return $"A secret is shared by {NamedServices.Describe(name)} and {NamedServices.Describe(other)}, as Secret or in "
                        + "PreviousSecrets: a cookie of one would be accepted for the other. Give each name secrets of its own.";
                }
            }

            _secrets[name] = secrets;
            return null;
        }
    }
}
