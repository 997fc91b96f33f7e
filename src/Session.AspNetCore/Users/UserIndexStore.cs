namespace ServerSessions;

/// <summary>Sessions whose users are tracked.</summary>
/// <param name="Value">The name of the sessions.</param>
/// <param name="IsOptional">Whether they are not tracked if the stores do not allow it. Otherwise that is an error.</param>
internal sealed record UserSessionsName(string Value, bool IsOptional = false);

/// <summary>The store that the application has given for the lists of users' sessions.</summary>
internal sealed class UserIndexStore(string name, ISessionStore store) : IAsyncDisposable, IDisposable
{
    public string Name => name;

    public ISessionStore Store => store;

    public async ValueTask DisposeAsync()
    {
        if (store is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            Dispose();
        }
    }

    public void Dispose() => (store as IDisposable)?.Dispose();
}
