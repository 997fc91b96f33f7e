using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Backends;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>Compares sessions member by member.</summary>
internal static class Comparison
{
    /// <summary>
    /// The members that express-session leaves out if they are not set, and connect-mongo's sub-documents hold as null.
    /// </summary>
    private static readonly string[] Optional = ["partitioned", "priority", "secure", "domain", "sameSite"];

    /// <summary>The same members with the same JSON, in any order: JavaScript puts keys like numbers first.</summary>
    public static void AssertSame(Backend backend, string expectedJson, string? actualJson)
    {
        Assert.NotNull(actualJson);
        var expected = JsonMembers.Of(expectedJson);
        var actual = JsonMembers.Of(actualJson);
        if (!backend.KeepsDocuments)
        {
            AssertEqual(expected.Cookie, actual.Cookie);
            AssertEqual(expected.Values, actual.Values);
            return;
        }

        // A document holds numbers, not their digits.
        foreach (var name in Optional.Where(name => actual.Cookie.TryGetValue(name, out var json) && json == "null"))
        {
            actual.Cookie.Remove(name);
        }

        AssertSameJson(expected.Cookie, actual.Cookie);
        AssertSameJson(expected.Values, actual.Values);
    }

    /// <summary>Two records at rest: nothing lost, nothing of another type, although other things may differ.</summary>
    public static void AssertSame(RawRecord expected, RawRecord? actual, bool cookieMoved = false, params string[] but)
    {
        Assert.NotNull(actual);
        AssertEqual(expected.Around, actual.Around);
        AssertEqual(Without(expected.Values, but), Without(actual.Values, but));
        var moved = cookieMoved ? "expires" : "";
        AssertEqual(Without(expected.Cookie, moved), Without(actual.Cookie, moved));
        if (cookieMoved)
        {
            Assert.Equal(Kind(expected.Cookie[moved]), Kind(actual.Cookie[moved]));
        }
    }

    /// <summary>A difference is told member by member, and of long ones the beginning.</summary>
    private static void AssertEqual(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual)
    {
        var different = string.Join(
            '\n',
            expected
                .Keys.Union(actual.Keys)
                .Where(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name))
                .Select(name =>
                    $"{name}: {Shown(expected.GetValueOrDefault(name))} was expected, and there is {Shown(actual.GetValueOrDefault(name))}."
                )
        );
        Assert.True(different.Length == 0, different);
    }

    private static string Shown(string? member) =>
        member is null ? "nothing"
        : member.Length <= 200 ? member
        : member[..200] + "…";

    private static string Kind(string member) =>
        member.Contains(' ', StringComparison.Ordinal) ? member.Split(' ')[0] : JsonDocument.Parse(member).RootElement.ValueKind.ToString();

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> members, params string[] but) =>
        members.Where(member => !but.Contains(member.Key)).ToDictionary();

    private static void AssertSameJson(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, json) in expected)
        {
            using var one = JsonDocument.Parse(json);
            using var other = JsonDocument.Parse(actual[name]);
            Assert.True(
                JsonElement.DeepEquals(one.RootElement, other.RootElement),
                $"{name}: {json} was expected, and there is {actual[name]}."
            );
        }
    }
}
