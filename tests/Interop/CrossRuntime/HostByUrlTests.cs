using Session.Interop.CrossRuntime.Running;
using Session.Interop.Host;

namespace Session.Interop.CrossRuntime;

/// <summary>The host is started with every backend by its URL alone.</summary>
public sealed class HostByUrlTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string>> Rows() => BothRuntimes.Backends.Where(static name => name != "MongoDB, document").Select(static name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Rows))]
    public async Task A_session_is_stored_read_counted_and_destroyed(string backendName)
    {
        await using var backend = await runtimes.NewAsync(backendName);
        await using var host = InteropApp.Create(
            "http://127.0.0.1:0", backend.Url, """{"secret":"the secret of both, long enough for anybody","resave":false,"saveUninitialized":false}""");
        await host.StartAsync();
        var server = new Uri(host.Urls.Single());
        var person = new Person(runtimes.Http);
        await IsServedAsync(new Uri(server, "/store/length"));

        await person.DoAsync(server, """["set","user","Ada"]""");
        Assert.Equal("""[true,"Ada"]""", await person.AskAsync(server, "user"));
        Assert.Equal("1", await runtimes.Http.GetStringAsync(new Uri(server, "/store/length")));
        await person.DoAsync(server, """["destroy"]""");
        Assert.Equal("""[false,null]""", await person.AskAsync(server, "user"));
        Assert.Equal("0", await runtimes.Http.GetStringAsync(new Uri(server, "/store/length")));
    }

    /// <summary>The stores' deadlines are two seconds, which the first call of a process on a busy machine may need more of.</summary>
    private async Task IsServedAsync(Uri count)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Assert.Equal("0", await runtimes.Http.GetStringAsync(count));
                return;
            }
            catch (HttpRequestException) when (attempt < 30)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
