using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tool.Opening;

namespace ServerSessions.Tool.Users;

/// <summary>
/// What an application does with the lists of users, on the store of the tool: the same steps, so that a sign-in under way is refused, and
/// a list that an application changes at the same time stays whole.
/// </summary>
internal sealed class ApplicationUsers : IAsyncDisposable
{
    private const int SecretDigits = 64;

    private readonly ServiceProvider _services;

    private ApplicationUsers(ServiceProvider services) => _services = services;

    /// <exception cref="ToolException">The store cannot keep lists: the message says why.</exception>
    public static ApplicationUsers Of(OpenedStore store)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services
            .AddServerSessions(options =>
            {
                // Signs no cookie. It seals the tombstones under ids that no session must have, which name no other id.
                options.Secret = RandomNumberGenerator.GetHexString(SecretDigits);
                if (store.Keys is { } keys)
                {
                    options.Protection.Key = keys.Texts[0];
                    foreach (var former in keys.Texts.Skip(1))
                    {
                        options.Protection.PreviousKeys.Add(former);
                    }
                }
            })
            .AddStore(_ => store.Store)
            .AddUserSessions()
            .AddSessionOperator();
        try
        {
            var provider = services.BuildServiceProvider();

            // The stores are checked here.
            provider.GetRequiredService<IServerSessionOperator>();
            return new ApplicationUsers(provider);
        }
        catch (UserIndexStoreException refused)
        {
            throw new ToolException(refused.Message, ExitCodes.Unusable, refused);
        }
    }

    /// <summary>Ends all sessions of a user by the user's list.</summary>
    public ValueTask<EndedUserSessions> EndAllAsync(string user, CancellationToken token) =>
        _services.GetRequiredService<IServerSessionOperator>().EndAllAsync(user, token);

    /// <summary>Adds each session that no list has to the list of its user.</summary>
    public ValueTask<RebuiltUserIndex> RebuildAsync(CancellationToken token) =>
        _services.GetRequiredService<IUserSessions>().RebuildAsync(token);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
