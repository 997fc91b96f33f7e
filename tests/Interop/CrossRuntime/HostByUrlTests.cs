using System.Globalization;
using ServerSessions.Interop.CrossRuntime.Running;
using ServerSessions.Interop.Host;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>The host is started with every backend by its URL alone.</summary>
public sealed class HostByUrlTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string>> Rows() =>
        BothRuntimes.Backends.Where(static name => name != "MongoDB, document").Select(static name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Rows))]
    public async Task A_session_is_stored_read_counted_and_destroyed(string backendName)
    {
        await using var backend = await runtimes.NewAsync(backendName);
        await using var host = InteropApp.Create(
            "http://127.0.0.1:0",
            backend.Url,
            """{"secret":"the secret of both, long enough for anybody","resave":false,"saveUninitialized":false}"""
        );
        await host.StartAsync();
        var server = new Uri(host.Urls.Single());
        var person = new Person(runtimes.Http);
        var before = await CountAsync(server);

        await person.DoAsync(server, """["set","user","Ada"]""");
        Assert.Equal("""[true,"Ada"]""", await person.AskAsync(server, "user"));
        Assert.Equal(before + 1, await CountAsync(server));
        await person.DoAsync(server, """["destroy"]""");
        Assert.Equal("""[false,null]""", await person.AskAsync(server, "user"));
        Assert.Equal(before, await CountAsync(server));
    }

    /// <summary>
    /// Asked again where a busy machine needs longer than the stores' two seconds for the first call of a process. A Redis that others use
    /// may hold sessions already.
    /// </summary>
    private async Task<int> CountAsync(Uri server)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return int.Parse(await runtimes.Http.GetStringAsync(new Uri(server, "/store/length")), CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException) when (attempt < 30)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
