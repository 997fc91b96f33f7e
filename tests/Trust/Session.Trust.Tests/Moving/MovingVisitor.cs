using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Moving;

/// <summary>A visitor who signs in and out, writes in parallel, and looks whether all of it is there.</summary>
internal sealed class MovingVisitor(string name, IReadOnlyList<MovingInstance> instances, Random random)
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _ended = [];
    private string? _cookie;
    private int _writes;
    private int _acts;

    /// <summary>How often the visitor has acted.</summary>
    public int Acts => Volatile.Read(ref _acts);

    public bool IsSignedIn => _cookie is not null;

    public int Writes => _writes;

    public int SignOuts => _ended.Count;

    public async Task ActAsync()
    {
        if (_cookie is null)
        {
            _cookie = (await SendAsync("/login", null, value: name)).TheCookie;
            _keys.Add(TrustEndpoints.Owner);
        }
        else
        {
            await (
                random.Next(12) switch
                {
                    0 => SignOutAsync(),
                    1 => RenewAsync(),
                    2 => LookAtEndedAsync(),
                    < 6 => LookAsync(),
                    _ => WriteAsync(),
                }
            );
        }

        Interlocked.Increment(ref _acts);
    }

    /// <summary>All that was acknowledged is there, whichever instance is asked.</summary>
    public async Task LookAsync()
    {
        if (_cookie is null)
        {
            return;
        }

        var found = (await SendAsync("/keys", _cookie)).Body.Split(',').ToHashSet(StringComparer.Ordinal);
        Assert.True(_keys.IsSubsetOf(found), $"{name} misses {string.Join(' ', _keys.Except(found))}; there is {string.Join(' ', found)}.");
    }

    /// <summary>None of the sessions that were ended is there.</summary>
    public async Task LookAtEndedAsync()
    {
        foreach (var cookie in _ended.TakeLast(3))
        {
            Assert.Equal("", (await SendAsync("/keys", cookie)).Body);
        }
    }

    private async Task WriteAsync()
    {
        var keys = Enumerable.Range(0, 2).Select(_ => $"k{++_writes}").ToList();
        await Task.WhenAll(keys.Select(key => SendAsync("/set", _cookie, key, "v")));
        _keys.UnionWith(keys);
    }

    private async Task RenewAsync() => _cookie = (await SendAsync("/regenerate", _cookie)).TheCookie;

    /// <summary>Signs out while another request of the same visitor writes.</summary>
    private async Task SignOutAsync()
    {
        var cookie = _cookie!;
        await Task.WhenAll(SendAsync("/logout", cookie), SendAsync("/set", cookie, "late", "v"));
        _cookie = null;
        _ended.Add(cookie);
        _keys.Clear();
        Assert.Equal("", (await SendAsync("/keys", cookie)).Body);
    }

    private async Task<Answer> SendAsync(string path, string? cookie, string? key = null, string? value = null)
    {
        var response = await instances[random.Next(instances.Count)].Client.SendAsync(path, cookie, key, value);
        Assert.True(response.Status == 200, $"{path} of {name}: {response.Status}");
        return response;
    }
}
