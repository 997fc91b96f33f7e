using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using MySqlConnector;
using Npgsql;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using StackExchange.Redis;

namespace ServerSessions.Repository.Tests.Stores;

/// <summary>Who has registered, made and disposed one store has done so with all of them.</summary>
public sealed class StoreShapeTests
{
    private static readonly Dictionary<string, Type> Clients = new()
    {
        ["Redis"] = typeof(IConnectionMultiplexer),
        ["Postgres"] = typeof(NpgsqlDataSource),
        ["MySql"] = typeof(MySqlDataSource),
        ["Mongo"] = typeof(IMongoClient),
    };

    public static TheoryData<string> Names => StoreKind.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_store_is_registered_by_the_same_methods(string name)
    {
        var kind = StoreKind.Of(name);
        var delegated = $"Action<{kind.Options.Name}> configure";
        string[] expected =
        [
            .. name == "Memory" || Clients.ContainsKey(name) ? [""] : Array.Empty<string>(),
            .. name == "Memory" ? [] : (string[])[$"String {(name == "File" ? "path" : "connectionString")}, {delegated} = null"],
            delegated,
            $"Action<IServiceProvider, {kind.Options.Name}> configure",
            "IConfiguration section",
        ];

        var found = kind.Methods.Select(static method => string.Join(", ", method.GetParameters().Skip(1).Select(Describe)));

        // The folder of files has a default, as in session-file-store.
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            found
                .Select(static method => method.Replace("path = ./sessions", "path", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_store_has_one_constructor_of_the_same_shape_which_needs_options(string name)
    {
        var kind = StoreKind.Of(name);
        var constructor = Assert.Single(kind.Store.GetConstructors());

        Assert.Equal(
            [
                (kind.Options, "options", false),
                (typeof(TimeProvider), "timeProvider", true),
                (typeof(ILogger<>).MakeGenericType(kind.Store), "logger", true),
            ],
            constructor.GetParameters().Select(static parameter => (parameter.ParameterType, parameter.Name!, parameter.IsOptional))
        );
        Assert.Throws<ArgumentNullException>(() => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [null, null, null], null));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_store_is_disposed_either_way_and_again(string name)
    {
        var kind = StoreKind.Of(name);
        var store = kind.Create(kind.ValidOptions());

        ((IDisposable)store).Dispose();
        await ((IAsyncDisposable)store).DisposeAsync();
        ((IDisposable)store).Dispose();
        await ((IAsyncDisposable)store).DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_store_says_how_its_backend_is_called_as_its_makers_spell_it(string name)
    {
        var kind = StoreKind.Of(name);
        var store = kind.Create(kind.ValidOptions());
        await using var disposal = (IAsyncDisposable)store;

        Assert.Equal(kind.Backend, store.Backend);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Calls_add_up_in_their_order_and_leave_options_of_another_name_alone(string name)
    {
        var kind = StoreKind.Of(name);
        var addUp = typeof(StoreShapeTests)
            .GetMethod(nameof(AddUp), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(kind.Options);
        var untouched = (TimeSpan)kind.Options.GetProperty("DefaultLifetime")!.GetValue(Activator.CreateInstance(kind.Options))!;

        Assert.Equal([TimeSpan.FromHours(7), TimeSpan.FromDays(2), untouched], (TimeSpan[])addUp.Invoke(null, [kind])!);
    }

    [Fact]
    public void The_client_that_is_registered_is_taken_unless_the_options_have_one()
    {
        using var source = NpgsqlDataSource.Create("Host=localhost;Port=1");
        using var other = NpgsqlDataSource.Create("Host=localhost;Port=2");
        using var client = new MongoClient("mongodb://localhost:1");

        Assert.Same(
            source,
            Options<PostgresSessionStoreOptions>(
                static builder => builder.AddPostgresStore(),
                services => services.AddSingleton(source)
            ).DataSource
        );
        Assert.Same(
            other,
            Options<PostgresSessionStoreOptions>(
                builder => builder.AddPostgresStore(options => options.DataSource = other).AddPostgresStore(),
                services => services.AddSingleton(source)
            ).DataSource
        );
        Assert.Same(
            client,
            Options<MongoSessionStoreOptions>(
                static builder => builder.AddMongoStore(),
                services => services.AddSingleton<IMongoClient>(client)
            ).Client
        );
        var missing = Assert.Throws<InvalidOperationException>(() =>
            Options<RedisSessionStoreOptions>(static builder => builder.AddRedisStore(), static _ => { })
        );
        Assert.Contains(
            "AddRedisStore() takes the IConnectionMultiplexer of the application's services, and none is registered.",
            missing.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The lifetime as the last of three calls sees it, as the store reads it, and as options of another name have it.</summary>
    private static TimeSpan[] AddUp<TOptions>(StoreKind kind)
        where TOptions : class
    {
        var lifetime = typeof(TOptions).GetProperty("DefaultLifetime")!;
        var seen = TimeSpan.Zero;
        var services = new ServiceCollection();
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("DefaultLifetime", (string?)"2.00:00:00")])
            .Build();
        kind.Add(services, (Action<TOptions>)(options => lifetime.SetValue(options, TimeSpan.FromHours(7))));
        kind.Add(services, (Action<IServiceProvider, TOptions>)((_, options) => seen = (TimeSpan)lifetime.GetValue(options)!));
        kind.Add(services, section);
        services.PostConfigureAll<TOptions>(options =>
        {
            if (kind.Place is { } place)
            {
                typeof(TOptions).GetProperty(place.Key)!.SetValue(options, place.Value);
            }
        });
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<TOptions>>();
        var read = (TimeSpan)lifetime.GetValue(options.CurrentValue)!;
        return [seen, read, (TimeSpan)lifetime.GetValue(options.Get("another"))!];
    }

    private static TOptions Options<TOptions>(Action<IServerSessionBuilder> add, Action<IServiceCollection> register)
        where TOptions : class
    {
        var services = new ServiceCollection();
        register(services);
        add(services.AddServerSessions());
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TOptions>>().Value;
    }

    private static string Describe(ParameterInfo parameter)
    {
        var arguments = string.Join(", ", parameter.ParameterType.GetGenericArguments().Select(static argument => argument.Name));
        var name = parameter.ParameterType.Name;
        var type = parameter.ParameterType.IsGenericType ? $"{name.Split('`')[0]}<{arguments}>" : name;
        return $"{type} {parameter.Name}{(parameter.IsOptional ? $" = {parameter.DefaultValue ?? "null"}" : "")}";
    }
}
