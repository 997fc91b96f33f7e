using System.Collections.Concurrent;

namespace ServerSessions.Packages.Tests;

/// <summary>
/// The sample of a native application, which the configuration gives a store and which counts visits besides; published once in each way,
/// because a native compilation takes a minute of two cores.
/// </summary>
public sealed class NativeShop(PackageFeed feed) : IDisposable
{
    private const string Sample = "samples/NativeAot/NativeAot";

    private const string Registration = """AddServerSessions(options => options.Secret = builder.Configuration["ServerSessions:Secret"])""";

    private const string Visits = """
        app.MapGet("/visits", (ServerSession session, ISessionStore store) =>
        {
            var visits = session.Get("visits", ShopJson.Default.Int32) + 1;
            session.Set("visits", visits, ShopJson.Default.Int32);
            return $"{store}: {visits}";
        });

        """;

    private readonly ConcurrentDictionary<string, Task<(string Folder, string Output)>> _published = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<EmptyFolder> _readers = [];

    /// <summary>Publishes it, with every warning of the trimmer and of the native compiler as an error.</summary>
    /// <param name="property"><c>PublishTrimmed</c> or <c>PublishAot</c>.</param>
    /// <returns>Where the program lies, and what the publication wrote.</returns>
    public Task<(string Folder, string Output)> PublishAsync(string property) => _published.GetOrAdd(property, PublishOnceAsync);

    public void Dispose()
    {
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }
    }

    private async Task<(string Folder, string Output)> PublishOnceAsync(string property)
    {
        await feed.AddAcmeAsync();
        var reader = new EmptyFolder(feed);
        _readers.Add(reader);
        reader.WriteApplication("Session.AspNetCore", "Acme.Sessions", "Session.Stores.Sqlite");
        var program = Tree.Read($"{Sample}/Program.cs");
        program = Replace(program, Registration, $"{Registration}.AddStoreFromConfiguration(builder.Configuration)");
        reader.Write("App/Program.cs", Replace(program, "app.Run();", $"{Visits}app.Run();"));
        reader.Write("App/Shop.cs", Tree.Read($"{Sample}/Shop.cs"));
        var output = await reader.RunAsync(
            $"dotnet publish -c Release --use-current-runtime --self-contained -p:{property}=true -p:TreatWarningsAsErrors=true "
                + "-p:TrimmerSingleWarn=false -p:NativeDebugSymbols=false -o out",
            "App"
        );
        return (Path.Combine(reader.Path, "App", "out"), output);
    }

    private static string Replace(string text, string old, string with)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, with, StringComparison.Ordinal);
    }
}
