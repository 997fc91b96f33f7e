using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Repository.Tests.Stores;

/// <summary>A backend as the tests of all backends know it: its types, and what a reader of its page finds.</summary>
/// <param name="Name">As in its package.</param>
/// <param name="Backend">As its makers spell it.</param>
/// <param name="Store">The store.</param>
/// <param name="Options">Its options.</param>
/// <param name="Place">A key that says where sessions are, and a value for it; <see langword="null"/> if there is none.</param>
internal sealed record StoreKind(string Name, string Backend, Type Store, Type Options, (string Key, string Value)? Place)
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        new("Memory", "Memory", typeof(MemorySessionStore), typeof(MemorySessionStoreOptions), null),
        new("File", "File", typeof(FileSessionStore), typeof(FileSessionStoreOptions), ("Path", "/nowhere/sessions")),
        new(
            "Sqlite",
            "SQLite",
            typeof(SqliteSessionStore),
            typeof(SqliteSessionStoreOptions),
            ("ConnectionString", "/nowhere/sessions.db")
        ),
        new("Redis", "Redis", typeof(RedisSessionStore), typeof(RedisSessionStoreOptions), ("ConnectionString", "localhost:1")),
        new(
            "Postgres",
            "PostgreSQL",
            typeof(PostgresSessionStore),
            typeof(PostgresSessionStoreOptions),
            ("ConnectionString", "Host=localhost;Port=1")
        ),
        new(
            "MySql",
            "MySQL",
            typeof(MySqlSessionStore),
            typeof(MySqlSessionStoreOptions),
            ("ConnectionString", "Server=localhost;Port=1;Database=app")
        ),
        new(
            "Mongo",
            "MongoDB",
            typeof(MongoSessionStore),
            typeof(MongoSessionStoreOptions),
            ("ConnectionString", "mongodb://localhost:1/app")
        ),
    ];

    public static TheoryData<string> Names => [.. All.Select(static kind => kind.Name)];

    /// <summary>The options, in the order in which the class has them.</summary>
    public PropertyInfo[] Properties => Options.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>Those that a text can say.</summary>
    public PropertyInfo[] Bindable => [.. Properties.Where(static property => IsText(property.PropertyType))];

    /// <summary>The methods <c>AddXStore</c>, by the types of what they take after the builder.</summary>
    public MethodInfo[] Methods =>
        [
            .. Store
                .Assembly.GetType($"Microsoft.Extensions.DependencyInjection.{Store.Name}BuilderExtensions", true)!
                .GetMethods(BindingFlags.Public | BindingFlags.Static)
                .Where(method => method.Name == $"Add{Name}Store"),
        ];

    public static StoreKind Of(string name) => All.Single(kind => kind.Name == name);

    /// <summary>A value as the pages print it, and as a configuration holds it.</summary>
    public static string Print(object? value) =>
        value switch
        {
            null or "" => "",
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    public static bool IsText(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(string)
            || inner == typeof(bool)
            || inner == typeof(int)
            || inner == typeof(long)
            || inner == typeof(TimeSpan)
            || inner.IsEnum;
    }

    /// <summary>Makes a store with the constructor that all have.</summary>
    public ISessionStore Create(object options) =>
        (ISessionStore)Store.GetConstructors().Single().Invoke(BindingFlags.DoNotWrapExceptions, null, [options, null, null], null);

    /// <summary>Options with which a store can be made.</summary>
    public object ValidOptions()
    {
        var options = Activator.CreateInstance(Options)!;
        if (Place is { } place)
        {
            Options.GetProperty(place.Key)!.SetValue(options, place.Value);
        }

        return options;
    }

    /// <summary>Registers the store with the method that takes what the arguments are.</summary>
    public IServiceCollection Add(IServiceCollection services, params object[] arguments)
    {
        var method = Methods.Single(method =>
            method.GetParameters() is var parameters
            && parameters.Length == arguments.Length + 1
            && parameters.Skip(1).Zip(arguments).All(static pair => pair.First.ParameterType.IsInstanceOfType(pair.Second))
        );
        method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [new Builder(services), .. arguments], null);
        return services;
    }

    /// <summary>The options that a store registered with a section of these settings reads.</summary>
    public object Bind(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create($"Sessions:Store:{setting.Key}", setting.Value)))
            .Build();
        return Read(Add(new ServiceCollection(), configuration.GetSection("Sessions:Store")));
    }

    /// <summary>The options that the store of these services reads.</summary>
    public object Read(IServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        var options = typeof(IOptions<>).MakeGenericType(Options);
        return options
            .GetProperty("Value")!
            .GetMethod!.Invoke(provider.GetRequiredService(options), BindingFlags.DoNotWrapExceptions, null, null, null)!;
    }

    private sealed class Builder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
