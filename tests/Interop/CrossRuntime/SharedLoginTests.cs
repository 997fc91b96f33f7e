using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// One person, one cookie, two web servers: express-session on the real package and this project's middleware, over HTTP on the same
/// backend.
/// </summary>
public sealed class SharedLoginTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string, bool, bool>> Rows() =>
        from backend in BothRuntimes.Backends
        from nodeFirst in (bool[])[true, false]
        from hasLifetime in (bool[])[true, false]
        select new TheoryDataRow<string, bool, bool>(backend, nodeFirst, hasLifetime);

    [Theory, MemberData(nameof(Rows))]
    public async Task Signed_in_on_one_is_signed_in_on_the_other_and_signed_out_on_one_is_out_on_both(
        string backendName,
        bool nodeFirst,
        bool hasLifetime
    )
    {
        await using var backend = await runtimes.NewAsync(backendName);
        await using var pair = await WebPair.StartAsync(runtimes, backend, hasLifetime);
        var (first, second) = nodeFirst ? (pair.Express, pair.Ours) : (pair.Ours, pair.Express);
        var person = new Person(runtimes.Http);

        // A visitor, who signs in: the id that an attacker may have seen is worth nothing on either side.
        await person.DoAsync(first, """["set","visits",1]""");
        var before = person.Cookie;
        const string User = """{"name":"Zoë 漢字 😀","roles":["a","b"],"id":"9007199254740993","since":"2024-02-03T04:05:06.007Z"}""";
        await person.DoAsync(first, """["regenerate"]""", $"""["set","user",{User}]""");
        Assert.NotEqual(before, person.Cookie);
        Assert.Equal("""[false,null]""", await new Person(runtimes.Http) { Cookie = before }.AskAsync(second, "user"));

        // The other side knows the user, by the same id.
        Assert.Equal(await person.AskAsync(first, "user"), await person.AskAsync(second, "user"));
        Assert.Equal($"[true,{User}]", await person.AskAsync(second, "user"));

        // What either changes, the other reads, and neither loses what it does not know.
        await person.DoAsync(second, """["set","cart",[{"sku":"a.b","n":2}]]""", """["set","seen",true]""");
        Assert.Equal("""[true,[{"sku":"a.b","n":2}]]""", await person.AskAsync(first, "cart"));
        await person.DoAsync(first, """["del","seen"]""", """["set","theme","dark"]""");
        Assert.Equal("""[true,null]""", await person.AskAsync(second, "seen"));
        Assert.Equal("""[true,"dark"]""", await person.AskAsync(second, "theme"));
        Assert.Equal($"[true,{User}]", await person.AskAsync(second, "user"));

        // Both tell the same lifetime, within the time that the requests took.
        foreach (var server in (Uri[])[first, second])
        {
            var trace = await person.DoAsync(server, """["cookie.get","originalMaxAge"]""", """["cookie.get","maxAge"]""");
            Assert.Equal(hasLifetime, trace[0].ValueKind == JsonValueKind.Number);
            if (hasLifetime)
            {
                Assert.InRange(trace[0].GetDouble(), WebPair.MaxAge - 100, WebPair.MaxAge);
                // connect-pg-simple's column has whole seconds, rounded up.
                Assert.InRange(trace[1].GetDouble(), WebPair.MaxAge - 60_000, WebPair.MaxAge + 1000);
            }
        }

        // Signed out on the second: gone on both.
        await person.DoAsync(second, """["destroy"]""");
        Assert.Equal("""[false,null]""", await person.AskAsync(first, "user"));
        Assert.Equal("""[false,null]""", await person.AskAsync(second, "user"));

        // And once more the other way: in on the second, out on the first.
        await person.DoAsync(second, """["set","user","again"]""");
        Assert.Equal("""[true,"again"]""", await person.AskAsync(first, "user"));
        await person.DoAsync(first, """["destroy"]""");
        Assert.Equal("""[false,null]""", await person.AskAsync(second, "user"));
    }
}
