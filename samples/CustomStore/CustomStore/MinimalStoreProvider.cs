using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerSessions;

namespace CustomStore;

/// <summary>Lets the configuration choose the store: <c>ServerSessions:Store</c> is <c>minimal:</c> or <c>minimal</c>.</summary>
public sealed class MinimalStoreProvider : SessionStoreProvider
{
    public override string Name => "minimal";

    public override IReadOnlyList<string> UrlPrefixes => ["minimal:"];

    public override void AddStore(IServerSessionBuilder builder, string url) =>
        AddStoreFromConnectionString(builder, url["minimal:".Length..]);

    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString)
    {
        if (connectionString.Length > 0)
        {
            throw new ArgumentException("The minimal store connects to nothing.", nameof(connectionString));
        }

        builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore, MinimalStore>());
    }
}
