namespace ServerSessions;

/// <summary>
/// The runtime that requests begin with. When the configuration brings other secrets the next request begins with another one; a refused
/// change leaves it as it is.
/// </summary>
internal sealed class SessionRuntimes : IDisposable
{
    private readonly SecretSource _source;
    private readonly SecretsInUse _secretsInUse;
    private readonly List<IDisposable> _watches;
    private volatile SessionRuntime _current;

    /// <exception cref="InvalidOperationException">Sessions of another name have one of the secrets.</exception>
    public SessionRuntimes(SessionRuntime first, SecretSource source, SecretsInUse secretsInUse)
    {
        (_current, _source, _secretsInUse) = (first, source, secretsInUse);
        secretsInUse.Add(this);
        _watches = [.. source.Watch(() => secretsInUse.Reload(this))];
    }

    /// <summary>The name under which the sessions are registered; empty for those without one.</summary>
    public string Name => _current.Name;

    public SessionRuntime Current => _current;

    /// <summary>Reads the secrets and payload keys as they are configured now. Uses none of them.</summary>
    public SecretChange ReadAgain()
    {
        var current = _current;
        try
        {
            var options = _source.Read(current.Options, out var refusals);
            return refusals.Count > 0 ? new SecretChange(this, null, string.Join(' ', refusals))
                : current.With(options) is var next && !next.HasSecretsOf(current) ? new SecretChange(this, next, null)
                : new SecretChange(this, null, null);
        }
        catch (Exception failure)
        {
            // Of the application's own delegates, or of a value that cannot be converted: its message may repeat what stands there.
            return new SecretChange(this, null, $"They could not be read: {failure.GetType().FullName}.");
        }
    }

    /// <summary>Makes a runtime that of the next requests.</summary>
    public void Use(SessionRuntime next)
    {
        next.Publish();
        _current = next;
        Log.SecretsReloaded(next.Logger, next.Secrets.Count, next.PayloadKeys.Count);
        SessionRuntimeFactory.AdviseOnSecrets(next.Secrets, next.Logger);
    }

    public void Dispose()
    {
        _secretsInUse.Remove(this);
        foreach (var watch in _watches)
        {
            watch.Dispose();
        }

        _current.Dispose();
    }
}
