using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Finds the store of the lists of users' sessions, and refuses stores with which the promises could not be kept.</summary>
internal static class UserStoresFactory
{
    private const string Needed = "Use a store that implements IConditionalSessionStore.";

    /// <summary>Returns the stores; <see langword="null"/> if the application does not track users.</summary>
    /// <exception cref="UserIndexStoreException">The stores cannot be used.</exception>
    public static UserStores? Create(IServiceProvider services, string name, ServerSessionOptions options, ISessionStore sessions)
    {
        if (services.GetServices<UserSessionsName>().FirstOrDefault(known => known.Value == name) is not { } tracked)
        {
            return null;
        }

        try
        {
            return CreateTracked(services, name, options, sessions);
        }
        catch (UserIndexStoreException) when (tracked.IsOptional)
        {
            return null;
        }
    }

    private static UserStores CreateTracked(IServiceProvider services, string name, ServerSessionOptions options, ISessionStore sessions)
    {
        if (options.AllowReservedKeys)
        {
            throw Refused(sessions, $"it needs the key {ReservedKeys.Login} for itself. Remove ServerSessionOptions.AllowReservedKeys.");
        }

        if (sessions is not IConditionalSessionStore)
        {
            throw Refused(sessions, $"that store cannot compare and set, so a session could live that no list names. {Needed}");
        }

        if (options.ParallelWrites != SessionParallelWrites.Merge)
        {
            throw Refused(
                sessions,
                "ServerSessionOptions.ParallelWrites is LastWriteWins, so a session could live that no list names. Set it to Merge."
            );
        }

        return new UserStores(
            name,
            services.GetRequiredService<IOptionsMonitor<UserSessionOptions>>().Get(name),
            sessions,
            IndexBeside(services, name, sessions)
        );
    }

    private static ISessionStore IndexBeside(IServiceProvider services, string name, ISessionStore sessions)
    {
        var given = services.GetServices<UserIndexStore>().LastOrDefault(known => known.Name == name)?.Store;
        var index = given ?? Sibling(sessions);
        if (ReferenceEquals(index, sessions))
        {
            throw Refused(sessions, "AddUserIndexStore gives the session store itself. Give a store under another name.");
        }

        return index is IConditionalSessionStore
            ? index
            : throw Refused(sessions, $"the store of the lists ({index.Backend}) cannot compare and set. {Needed}");
    }

    private static ISessionStore Sibling(ISessionStore sessions)
    {
        try
        {
            return sessions is ISiblingSessionStore store
                ? store.GetSibling(UserStores.SiblingName)
                : throw Refused(
                    sessions,
                    "that store cannot be asked for another one beside it, in which the lists of users' sessions would be. Give one with "
                        + "AddUserIndexStore(...): a second store of the same kind, under another name."
                );
        }
        catch (NotSupportedException reason)
        {
            throw Refused(sessions, reason.Message);
        }
    }

    private static UserIndexStoreException Refused(ISessionStore sessions, string trouble) => new(sessions.Backend, trouble);
}
