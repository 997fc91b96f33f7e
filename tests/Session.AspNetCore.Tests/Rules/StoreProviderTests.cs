using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.AspNetCore.Tests.Support;

namespace ServerSessions.AspNetCore.Tests.Rules;

/// <summary>Backends that AspNetCore has never heard of; <c>Support/Providers.cs</c> names them in this test program.</summary>
public sealed class StoreProviderTests
{
    [Theory]
    [InlineData("acme://host/1")]
    [InlineData("ACME://host/1")]
    [InlineData("acme+tls://host/1")]
    public async Task A_provider_that_the_program_names_takes_its_urls(string url)
    {
        await using var services = Register(builder => builder.AddStoreFromUrl(url));
        var store = Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>());
        Assert.Equal((typeof(AcmeSessionStoreProvider), $"URL {url}"), (store.Provider, store.By));
    }

    [Theory]
    [InlineData("acme://host", null, "URL acme://host")]
    [InlineData(null, "acme://host", "URL acme://host")]
    [InlineData("acme", "acme://host", "URL acme://host")]
    [InlineData("Acme", "server one", "connection string server one")]
    [InlineData("acme+tls", "server one", "connection string server one")]
    [InlineData("acme", "memory:1;acme", "connection string memory:1;acme")]
    public async Task The_configuration_chooses_it_by_its_url_its_name_and_its_scheme(string? store, string? connectionString, string by)
    {
        await using var services = Register(builder => builder.AddStoreFromConfiguration(Configuration(store, connectionString)));
        Assert.Equal(by, Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>()).By);
    }

    [Theory]
    [InlineData("acme", null, "Set it to 'acme.example'")]
    [InlineData("acme", "sqlite:sessions.db", "is a URL for Session.Stores.Sqlite")]
    [InlineData("sqlite", "acme://host", "is a URL for Session.AspNetCore.Tests")]
    [InlineData(null, "server one;acme", "Set ServerSessions:Store=acme as well (environment: ServerSessions__Store=acme)")]
    [InlineData("oracle", null, "acme, ")]
    [InlineData("oracle://host", null, "acme://, acme+tls://")]
    [InlineData("acme:1", null, "After 'acme' it needs '://'")]
    public void What_is_wrong_with_the_configuration_is_said_in_its_words(string? store, string? connectionString, string says)
    {
        var error = Record.Exception(() => Register(builder => builder.AddStoreFromConfiguration(Configuration(store, connectionString))));
        Assert.Contains(says, Assert.IsAssignableFrom<SystemException>(error).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twin://host", null)]
    [InlineData("twin", "host")]
    public void What_two_providers_take_is_refused_and_both_are_named(string store, string? connectionString)
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            Register(builder => builder.AddStoreFromConfiguration(Configuration(store, connectionString)));
        });
        Assert.Contains(typeof(OneTwinProvider).FullName!, error.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(OtherTwinProvider).FullName!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_of_two_providers_that_share_a_url_is_chosen_by_its_own_name()
    {
        await using var services = Register(builder => builder.AddStoreFromConfiguration(Configuration("other-twin", "twin://host")));
        Assert.Equal(typeof(OtherTwinProvider), Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>()).Provider);
    }

    [Fact]
    public void A_provider_that_cannot_be_made_is_the_cause_if_no_other_takes_the_url()
    {
        var error = Assert.Throws<ArgumentException>(() => Register(static builder => builder.AddStoreFromUrl("nowhere://host")));
        var causes = Assert
            .IsType<AggregateException>(error.InnerException)
            .InnerExceptions.Select(static cause => cause.Message)
            .ToArray();
        Assert.Contains(causes, static cause => cause.Contains("Nowhere.NoSessionStoreProvider, Nowhere", StringComparison.Ordinal));
        Assert.Contains(causes, static cause => cause.Contains("System.String", StringComparison.Ordinal));
        Assert.Contains(causes, static cause => cause.Contains("the URL prefix 'no-prefix'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(NullPrefixProvider), "has the URL prefix ''")]
    [InlineData(typeof(NullPrefixesProvider), "has no name or no URL prefixes")]
    [InlineData(typeof(NullNameProvider), "has no name.")]
    [InlineData(typeof(ThrowingProvider), "has no name or no URL prefixes")]
    public async Task A_provider_that_is_broken_is_named_as_a_cause_and_keeps_no_other_from_being_chosen(Type broken, string says)
    {
        await using var services = Register(static builder => builder.AddStoreFromUrl("acme://host"));
        var error = Assert.Throws<ArgumentException>(() => Register(static builder => builder.AddStoreFromUrl("nowhere://host")));

        Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>());
        Assert.Contains(
            Assert.IsType<AggregateException>(error.InnerException).InnerExceptions,
            cause =>
                cause.Message.Contains(broken.FullName!, StringComparison.Ordinal)
                && cause.Message.Contains(says, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_provider_is_found_in_the_application_that_the_host_names()
    {
        const string Application = "Session.AspNetCore.Tests.Hosted";
        using var image = Assemble(Application, typeof(HostedProvider));
        AssemblyLoadContext.Default.Resolving += (context, name) => name.Name == Application ? context.LoadFromStream(image) : null;
        Assert.Throws<ArgumentException>(() => Register(static builder => builder.AddStoreFromUrl("hosted:x")));

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = Application });
        builder.Services.AddServerSessions(static options => options.Secret = new string('s', 32)).AddStoreFromUrl("hosted:x");

        await using var services = builder.Services.BuildServiceProvider();
        Assert.Equal(typeof(HostedProvider), Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>()).Provider);
    }

    [Fact]
    public async Task A_provider_is_found_in_an_assembly_that_is_loaded()
    {
        Assert.Throws<ArgumentException>(() => Register(static builder => builder.AddStoreFromUrl("loaded:x")));

        using var image = Assemble("Session.AspNetCore.Tests.Loaded", typeof(LoadedProvider));
        new AssemblyLoadContext("plug-in").LoadFromStream(image);

        await using var services = Register(static builder => builder.AddStoreFromUrl("loaded:x"));
        Assert.Equal(typeof(LoadedProvider), Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>()).Provider);
    }

    [Fact]
    public async Task An_assembly_with_an_attribute_whose_own_assembly_is_absent_does_no_harm()
    {
        var absent = new PersistedAssemblyBuilder(new AssemblyName("Session.AspNetCore.Tests.Absent"), typeof(object).Assembly);
        var attribute = absent.DefineDynamicModule("Absent").DefineType("AbsentAttribute", TypeAttributes.Public, typeof(Attribute));
        var constructor = attribute.DefineDefaultConstructor(MethodAttributes.Public);
        attribute.CreateType();
        using var image = Assemble("Session.AspNetCore.Tests.Half", new CustomAttributeBuilder(constructor, []));
        new AssemblyLoadContext("half").LoadFromStream(image);

        await using var services = Register(static builder => builder.AddStoreFromUrl("acme://host"));
        Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>());
        var error = Assert.Throws<ArgumentException>(() => Register(static builder => builder.AddStoreFromUrl("nowhere://host")));
        var causes = Assert.IsType<AggregateException>(error.InnerException).InnerExceptions;
        Assert.Contains(causes, static cause => cause.Message.Contains("Session.AspNetCore.Tests.Absent", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("my application")]
    [InlineData("a,b=c")]
    [InlineData("Shop/1.0")]
    public async Task An_application_may_have_a_name_that_no_assembly_has(string name)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Environment.ApplicationName = name;
        builder.Services.AddServerSessions(static options => options.Secret = new string('s', 32)).AddStoreFromUrl("acme://host");

        await using var services = builder.Services.BuildServiceProvider();
        Assert.IsType<ChosenStore>(services.GetRequiredService<ISessionStore>());
    }

    /// <summary>An assembly that holds nothing but the name of a provider.</summary>
    private static MemoryStream Assemble(string name, Type provider) =>
        Assemble(name, new CustomAttributeBuilder(typeof(SessionStoreProviderAttribute).GetConstructor([typeof(Type)])!, [provider]));

    private static MemoryStream Assemble(string name, CustomAttributeBuilder attribute)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly, [attribute]);
        assembly.DefineDynamicModule(name);
        var image = new MemoryStream();
        assembly.Save(image);
        image.Position = 0;
        return image;
    }

    private static ServiceProvider Register(Action<IServerSessionBuilder> add)
    {
        var services = new ServiceCollection().AddLogging();
        add(services.AddServerSessions(static options => options.Secret = new string('s', 32)));
        return services.BuildServiceProvider();
    }

    private static IConfiguration Configuration(string? store, string? connectionString) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ServerSessions:Store"] = store,
                    ["ConnectionStrings:ServerSessions"] = connectionString,
                }
            )
            .Build();
}
