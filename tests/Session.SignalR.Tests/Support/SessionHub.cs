using Microsoft.AspNetCore.SignalR;

namespace ServerSessions.SignalR.Tests.Support;

/// <summary>A hub whose methods open the session of their caller.</summary>
internal sealed class SessionHub : Hub
{
    /// <summary>The names of the exceptions that new ids and new sessions throw.</summary>
    public const string Refused = nameof(ResponseRequiredException);

    public string BeReady() => Context.ConnectionId;

    public async Task<string?> Get(string key)
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        return scope.Session.Get<string>(key);
    }

    public async Task<string?> GetOf(string name, string key)
    {
        await using var scope = await Context.GetServerSessionReference(name)!.OpenAsync(Context.ConnectionAborted);
        return scope.Session.Get<string>(key);
    }

    public async Task Set(string key, string value)
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        scope.Session.Set(key, value);
        await scope.SaveAsync(Context.ConnectionAborted);
    }

    public async Task SetWithoutSaving(string key, string value)
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        scope.Session.Set(key, value);
    }

    public async Task<int> Increment(string key)
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        return await scope.Session.UpdateAsync<int>(key, static number => number + 1);
    }

    public async Task Extend()
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        scope.Session.Touch();
        await scope.SaveAsync(Context.ConnectionAborted);
    }

    public async Task End()
    {
        await using var scope = await Context.OpenServerSessionAsync(Context.ConnectionAborted);
        await scope.Session.DestroyAsync(Context.ConnectionAborted);
        await scope.SaveAsync(Context.ConnectionAborted);
    }

    public async Task<bool> HasSession()
    {
        await using var scope = await Context.FindServerSessionAsync(Context.ConnectionAborted);
        return scope is not null;
    }

    /// <summary>Tries an operation that needs a cookie.</summary>
    /// <returns>The type of the exception.</returns>
    public async Task<string> Try(string operation)
    {
        try
        {
            await using var scope = await Context.OpenServerSessionAsync();
            await (
                operation switch
                {
                    "renew" => scope.Session.RenewIdAsync(),
                    "sign in" => scope.Session.RenewForSignInAsync(),
                    "regenerate" => scope.Session.RegenerateAsync(),
                    _ => ValueTask.CompletedTask,
                }
            );
            return "done";
        }
        catch (InvalidOperationException error)
        {
            return error.GetType().Name;
        }
    }
}
