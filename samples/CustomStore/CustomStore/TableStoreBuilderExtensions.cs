using CustomStore;
using Microsoft.Extensions.Configuration;
using ServerSessions;
using ServerSessions.Stores;

namespace Microsoft.Extensions.DependencyInjection;

public static class TableStoreBuilderExtensions
{
    private static readonly StoreRegistration<TableStore, TableStoreOptions> Store =
        new((options, clock, logger) => new TableStore(options, clock, logger), new TableStoreOptionsValidator());

    public static IServerSessionBuilder AddTableStore(this IServerSessionBuilder builder, string connectionString) =>
        Store.Add(builder, options => options.ConnectionString = connectionString);

    public static IServerSessionBuilder AddTableStore(this IServerSessionBuilder builder, Action<TableStoreOptions> configure) =>
        Store.Add(builder, configure);

    public static IServerSessionBuilder AddTableStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
