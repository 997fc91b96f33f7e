namespace ServerSessions;

/// <summary>
/// The runtime that requests begin with. When the configuration brings other secrets the next request begins with another one; a refused
/// change leaves it as it is.
/// </summary>
internal sealed class SessionRuntimes : IDisposable
{
    private readonly Lock _turn = new();
    private readonly SecretSource _source;
    private readonly SecretsInUse _secretsInUse;
    private readonly List<IDisposable> _watches;
    private volatile SessionRuntime _current;

    /// <exception cref="InvalidOperationException">Sessions of another name have one of the secrets.</exception>
    public SessionRuntimes(SessionRuntime first, SecretSource source, SecretsInUse secretsInUse)
    {
        (_current, _source, _secretsInUse) = (first, source, secretsInUse);
        if (secretsInUse.TryUse(first.Name, first.Secrets) is { } refusal)
        {
            throw new InvalidOperationException(refusal);
        }

        _watches = [.. source.Watch(Reload)];
    }

    public SessionRuntime Current => _current;

    public void Dispose()
    {
        foreach (var watch in _watches)
        {
            watch.Dispose();
        }

        _current.Dispose();
    }

    private void Reload()
    {
        // Two reloads at once: the one that has its turn last reads last.
        lock (_turn)
        {
            var current = _current;
            try
            {
                var options = _source.Read(current.Options, out var refusals);
                if (refusals.Count > 0)
                {
                    Log.SecretsRefused(current.Logger, string.Join(' ', refusals));
                }
                else if (current.With(options) is var next && !next.HasSecretsOf(current))
                {
                    if (_secretsInUse.TryUse(next.Name, next.Secrets) is { } refusal)
                    {
                        Log.SecretsRefused(current.Logger, refusal);
                        return;
                    }

                    next.Publish();
                    _current = next;
                    Log.SecretsReloaded(current.Logger, next.Secrets.Count, next.PayloadKeys.Count);
                    SessionRuntimeFactory.AdviseOnSecrets(options, current.Logger);
                }
            }
            catch (Exception failure)
            {
                // Of the application's own delegates, or of a value that cannot be converted: its message may repeat what stands there.
                Log.SecretsRefused(current.Logger, $"They could not be read: {failure.GetType().FullName}.");
            }
        }
    }
}
