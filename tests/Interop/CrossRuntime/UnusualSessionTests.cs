using System.Globalization;
using ServerSessions.Interop.CrossRuntime.Running;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// Sessions that Node's applications have by accident, over HTTP on the real packages: no one is locked out, and nothing is lost.
/// </summary>
public sealed class UnusualSessionTests(BothRuntimes runtimes)
{
    public static IEnumerable<TheoryDataRow<string>> Backends() =>
        BothRuntimes.Backends.Select(static backend => new TheoryDataRow<string>(backend));

    [Theory, MemberData(nameof(Backends))]
    public async Task A_session_nested_deeper_than_a_reader_of_dotnet_goes_is_used_on_both_and_ended_here(string backendName)
    {
        await using var backend = await runtimes.NewAsync(backendName);
        await using var pair = await WebPair.StartAsync(runtimes, backend, hasLifetime: true);
        var person = new Person(runtimes.Http);

        // MongoDB holds no document of more than 100 levels.
        var levels = backend.KeepsDocuments ? 90 : 1000;
        var deep = new string('[', levels) + new string(']', levels);
        await person.DoAsync(pair.Express, """["set","user","ada"]""", $"""["set","deep",{deep}]""");

        Assert.Equal("""[true,"ada"]""", await person.AskAsync(pair.Ours, "user"));
        await person.DoAsync(pair.Ours, """["set","n",1]""");
        Assert.Equal("[true,1]", await person.AskAsync(pair.Express, "n"));
        var sid = Uri.UnescapeDataString(person.Cookie!)[2..].Split('.')[0];
        Assert.Contains(
            $"\"deep\":{deep}",
            await runtimes.Http.GetStringAsync(new Uri(pair.Express, $"/store/get?sid={sid}")),
            StringComparison.Ordinal
        );

        await person.DoAsync(pair.Ours, """["destroy"]""");
        Assert.Equal("[false,null]", await person.AskAsync(pair.Express, "user"));
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_session_with_an_empty_lifetime_is_used_on_both_and_ended_here(string backendName)
    {
        await using var backend = await runtimes.NewAsync(backendName);

        // As process.env gives it where a variable is set to nothing.
        await using var pair = await WebPair.StartAsync(runtimes, backend, hasLifetime: false, maxAgeInNode: "");
        var person = new Person(runtimes.Http);
        await person.DoAsync(pair.Express, """["set","user","ada"]""");

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("""[true,"ada"]""", await person.AskAsync(pair.Ours, "user"));
            await person.DoAsync(pair.Ours, string.Create(CultureInfo.InvariantCulture, $"""["set","n",{round}]"""));
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"[true,{round}]"), await person.AskAsync(pair.Express, "n"));
        }

        await person.DoAsync(pair.Ours, """["destroy"]""");
        Assert.Equal("[false,null]", await person.AskAsync(pair.Express, "user"));
    }
}
