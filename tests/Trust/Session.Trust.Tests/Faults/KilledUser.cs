using System.Globalization;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Someone who logs in, writes, asks for new ids and logs out, one request after the other, until the host is gone in the midst of one;
/// knows what was acknowledged, and so what may be at rest.
/// </summary>
internal sealed class KilledUser(string name, Random random)
{
    // What a header holds: the larger a session, the longer it is being written.
    private const int MostLetters = 16_000;

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _ended = [];
    private string? _cookie;
    private string _owner = "";
    private int _count;
    private Asked _asked = new("", "", "");

    /// <summary>What the last request was about, which got no response.</summary>
    public string Act => _asked.Act;

    /// <summary>Completes when the first request got its response.</summary>
    public Task Started => _started.Task;

    /// <summary>Goes on until there is no host any more.</summary>
    public async Task RunAsync(TrustClient client)
    {
        while (true)
        {
            _asked = Next();
            Answer answer;
            try
            {
                answer = await client.SendAsync("/" + _asked.Act, _cookie, _asked.Key, _asked.Value);
            }
            catch (HttpRequestException)
            {
                return;
            }

            Assert.Equal(200, answer.Status);
            Take(answer);
            _started.TrySetResult();
        }
    }

    /// <summary>Looks at what is left.</summary>
    /// <param name="sessions">All that is at rest.</param>
    /// <param name="client">Asks the new host.</param>
    public async Task<Left> LookAsync(IReadOnlyCollection<SessionEntry> sessions, TrustClient client)
    {
        var (sid, where) = (_cookie is null ? null : Answer.SidOf(_cookie), $"{name}, {_asked.Act}");
        var old = Of(sessions, _owner);
        var begun = _asked.Act == "login" ? Of(sessions, _asked.Value) : [];
        Assert.True(_asked.Act != "set" || (old.Count == 1 && old[0].Sid == sid), $"{where}: {old.Count} sessions.");

        // No one was told of a new id: the old one opens the session, or the new one, or both (the copy that docs/guarantees.md speaks of).
        Assert.True(
            _asked.Act != "regenerate" || old.Count == 1 || (old.Count == 2 && old.Exists(one => one.Sid == sid)),
            $"{where}: {old.Count} sessions."
        );
        Assert.True(_asked.Act != "logout" || old.Count == 0 || (old.Count == 1 && old[0].Sid == sid), $"{where}: {old.Count} sessions.");

        // The old session is to end without its data: first it, then there is the new one.
        Assert.True(
            _asked.Act != "login" || old.Count + begun.Count <= 1,
            $"{where}: {old.Count} old sessions and {begun.Count} new ones."
        );
        Assert.DoesNotContain(sessions, session => _ended.Contains(session.Sid));
        foreach (var session in old)
        {
            foreach (var (key, value) in _values)
            {
                var found = Text(session, key);
                Assert.True(
                    found == value || (key == _asked.Key && found == _asked.Value),
                    $"{where}: an acknowledged value is not there."
                );
            }
        }

        foreach (var session in old.Concat(begun))
        {
            Assert.Equal(
                Text(session, TrustEndpoints.Owner),
                (await client.SendAsync("/get", SignedCookie.Of(session.Sid), TrustEndpoints.Owner)).Body
            );
        }

        foreach (var ended in _ended.TakeLast(1))
        {
            Assert.Equal(TrustEndpoints.None, (await client.SendAsync("/get", SignedCookie.Of(ended), TrustEndpoints.Owner)).Body);
        }

        return new Left(
            old.Select(static one => one.Sid).FirstOrDefault(one => one == sid),
            [.. old.Concat(begun).Select(static one => one.Sid).Where(one => one != sid)]
        );
    }

    /// <summary>What a browser does then: it goes on with the session that it has, or begins again.</summary>
    public KilledUser Next(Left left)
    {
        var next = new KilledUser(name, random) { _count = _count };
        if (left.Held is not null)
        {
            (next._cookie, next._owner) = (_cookie, _owner);
            foreach (var (key, value) in _values.Where(value => value.Key != _asked.Key))
            {
                next._values[key] = value;
            }
        }

        return next;
    }

    /// <summary>Signs out with the cookie that the browser has, as someone would who was told nothing.</summary>
    public async Task SignOutAsync(TrustClient client) => Assert.Equal(200, (await client.SendAsync("/logout", _cookie)).Status);

    private Asked Next() =>
        (_cookie is null ? -1 : random.Next(10)) switch
        {
            < 1 => new Asked("login", TrustEndpoints.Owner, Value()),
            1 => new Asked("logout", null, null),
            < 6 => new Asked("regenerate", null, null),
            _ => new Asked("set", $"k{random.Next(5)}", Value() + new string('x', random.Next(MostLetters))),
        };

    private string Value() => string.Create(CultureInfo.InvariantCulture, $"{LeakCollector.Payload}{name}-{++_count}");

    private void Take(Answer answer)
    {
        if (_asked.Act == "set")
        {
            _values[_asked.Key!] = _asked.Value!;
            return;
        }

        if (_cookie is not null)
        {
            _ended.Add(Answer.SidOf(_cookie));
        }

        _cookie = _asked.Act == "logout" ? null : answer.TheCookie;
        if (_asked.Act != "regenerate")
        {
            _values.Clear();
            _owner = _asked.Value ?? "";
        }
    }

    private static List<SessionEntry> Of(IEnumerable<SessionEntry> sessions, string? owner) =>
        [.. sessions.Where(session => Text(session, TrustEndpoints.Owner) == owner)];

    private static string? Text(SessionEntry session, string key) =>
        SessionDocument.Parse(session.Record.Payload).TryGetJson(key, out var json) ? JsonSerializer.Deserialize<string>(json.Span) : null;

    private sealed record Asked(string Act, string? Key, string? Value);
}

/// <summary>What a kill has left of a user's session.</summary>
/// <param name="Held">The id that the user has, where it still opens it.</param>
/// <param name="Untold">Ids that open it, or a new one, and that no one was told.</param>
internal sealed record Left(string? Held, IReadOnlyList<string> Untold);
