using Microsoft.Extensions.DependencyInjection;
using ServerSessions;
using ServerSessions.AspNetCore.Tests.Support;

// By type and by text, as an application does that uses a library with the same package.
[assembly: SessionStoreProvider(typeof(AcmeSessionStoreProvider))]
[assembly: SessionStoreProvider("ServerSessions.AspNetCore.Tests.Support.AcmeSessionStoreProvider, Session.AspNetCore.Tests")]
[assembly: SessionStoreProvider(typeof(OneTwinProvider))]
[assembly: SessionStoreProvider(typeof(OtherTwinProvider))]
[assembly: SessionStoreProvider(typeof(NoPrefixProvider))]
[assembly: SessionStoreProvider(typeof(NullPrefixProvider))]
[assembly: SessionStoreProvider(typeof(NullPrefixesProvider))]
[assembly: SessionStoreProvider(typeof(NullNameProvider))]
[assembly: SessionStoreProvider(typeof(ThrowingProvider))]
[assembly: SessionStoreProvider("Nowhere.NoSessionStoreProvider, Nowhere")]
[assembly: SessionStoreProvider(typeof(string))]

namespace ServerSessions.AspNetCore.Tests.Support;

/// <summary>A backend of another project. Its store keeps the text that it was chosen by.</summary>
public abstract class ChosenStoreProvider : SessionStoreProvider
{
    public override string? ExampleConnectionString => "acme.example";

    public override void AddStore(IServerSessionBuilder builder, string url) =>
        builder.AddStore(_ => new ChosenStore(GetType(), $"URL {url}"));

    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddStore(_ => new ChosenStore(GetType(), $"connection string {connectionString}"));
}

public sealed class AcmeSessionStoreProvider : ChosenStoreProvider
{
    public override string Name => "acme";

    public override IReadOnlyList<string> UrlPrefixes => ["acme://", "acme+tls://"];

    // As memory: and sqlite: begin.
    public override bool RecognizesConnectionString(string connectionString) =>
        connectionString.EndsWith(";acme", StringComparison.Ordinal);
}

public sealed class OneTwinProvider : ChosenStoreProvider
{
    public override string Name => "one-twin";

    public override IReadOnlyList<string> UrlPrefixes => ["twin://"];
}

public sealed class OtherTwinProvider : ChosenStoreProvider
{
    public override string Name => "other-twin";

    public override IReadOnlyList<string> UrlPrefixes => ["twin://"];
}

/// <summary>Its mistake is found when it is looked for.</summary>
public sealed class NoPrefixProvider : ChosenStoreProvider
{
    public override string Name => "no-prefix";

    public override IReadOnlyList<string> UrlPrefixes => ["no-prefix"];
}

/// <summary>Mistakes that the compiler warns of at most.</summary>
public sealed class NullPrefixProvider : ChosenStoreProvider
{
    public override string Name => "null-prefix";

    public override IReadOnlyList<string> UrlPrefixes => ["null-prefix:", null!];
}

public sealed class NullPrefixesProvider : ChosenStoreProvider
{
    public override string Name => "null-prefixes";

    public override IReadOnlyList<string> UrlPrefixes => null!;
}

public sealed class NullNameProvider : ChosenStoreProvider
{
    public override string Name => null!;

    public override IReadOnlyList<string> UrlPrefixes => ["null-name:"];
}

public sealed class ThrowingProvider : ChosenStoreProvider
{
    public override string Name => throw new NotSupportedException("a driver that is absent");

    public override IReadOnlyList<string> UrlPrefixes => ["throwing:"];
}

/// <summary>Named by no assembly but those that a test makes.</summary>
public sealed class HostedProvider : ChosenStoreProvider
{
    public override string Name => "hosted";

    public override IReadOnlyList<string> UrlPrefixes => ["hosted:"];
}

public sealed class LoadedProvider : ChosenStoreProvider
{
    public override string Name => "loaded";

    public override IReadOnlyList<string> UrlPrefixes => ["loaded:"];
}

public sealed class ChosenStore(Type provider, string by) : ISessionStore
{
    public Type Provider => provider;

    public string By => by;

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;
}
