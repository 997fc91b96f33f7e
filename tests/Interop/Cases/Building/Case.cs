using System.Text.Json;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>
/// A named case: a host with certain options, requests to it one after the other, and after each what it must have done. Written down
/// first, then run by <see cref="RunAsync"/>. What is expected stands after the request that brings it about.
/// </summary>
internal sealed class Case
{
    private const string Secret = "the secret of the cases, long enough for anybody";

    private readonly InteropHosts _hosts;
    private readonly Side _side;
    private readonly string _options;
    private readonly List<Func<CaseRun, Task>> _actions = [];
    private readonly List<CaseRequest> _requests = [];

    /// <param name="hosts">What starts the hosts.</param>
    /// <param name="side">Whom the case is put to.</param>
    /// <param name="options">
    /// express-session's options object. If it has no secret, one is put in; if it has no <c>genidPrefix</c>, ids are id1, id2 and so
    /// on.
    /// </param>
    public Case(InteropHosts hosts, Side side, string options)
    {
        _hosts = hosts;
        _side = side;
        _options = WithDefaults(options);
    }

    private CaseRequest Last => _requests[^1];

    /// <summary>Sends a request with these steps: POST / with the cookie that the host gave last.</summary>
    public Case Send(params string[] steps)
    {
        var request = new CaseRequest(_requests.Count + 1, new ProgramRequest("POST", "/", SentCookie.Latest, null, steps));
        _requests.Add(request);
        _actions.Add(request.RunAsync);
        return this;
    }

    /// <summary>Sends the last request in another way.</summary>
    public Case With(string? method = null, string? path = null, SentCookie? cookie = null, string? forwardedProto = null)
    {
        Last.Request = Last.Request with
        {
            Method = method ?? Last.Request.Method,
            Path = path ?? Last.Request.Path,
            Cookie = cookie ?? Last.Request.Cookie,
            ForwardedProto = forwardedProto ?? Last.Request.ForwardedProto,
        };
        return this;
    }

    /// <summary>Removes everything from the store.</summary>
    public Case ClearStore() => Do(static run => run.Client.ClearStoreAsync());

    /// <summary>Makes the middleware's next call of that name fail.</summary>
    public Case FailNext(string call, string message, string? code = null) =>
        Do(run => run.PostAsync($"/store/fail?op={call}&error={Uri.EscapeDataString(message)}&code={code}"));

    /// <summary>The store reports that it has lost its connection.</summary>
    public Case Disconnect() => Do(static run => run.PostAsync("/store/emit?event=disconnect"));

    /// <summary>The store reports that it has a connection again.</summary>
    public Case Connect() => Do(static run => run.PostAsync("/store/emit?event=connect"));

    public Case Pause(int milliseconds) => Do(_ => Task.Delay(milliseconds));

    /// <summary>The entries of the trace: values, or <see cref="Entry"/> where more than one is right.</summary>
    public Case Gives(params object?[] entries) => Expect(answer => Assert.Collection(answer.Trace, [.. entries.Select(Matches)]));

    public Case Status(int status) => Expect(answer => Assert.Equal(status, answer.Exchange.Status));

    /// <summary>The connection is cut before the response is whole.</summary>
    public Case IsCut() => Expect(static answer => Assert.Equal(Exchange.Cut, answer.Exchange));

    public Case Body(string body) => Expect(answer => Assert.Equal(body, answer.Exchange.Body));

    /// <summary>
    /// The session cookie is set once, rightly signed with the first secret, with these attributes, of which Expires has no value here.
    /// </summary>
    public Case SetsCookie(string sid, string attributes, TimeSpan? expiresIn = null) =>
        Expect(answer =>
        {
            var cookie = Assert.Single(answer.SessionCookies);
            Assert.Equal(SignedValue.Sign(sid, answer.Cookies.Secret), cookie.Value);
            Assert.Equal($"; {attributes}", cookie.Attributes);
            Assert.True(expiresIn is null || Entry.IsIn(cookie.Expires, expiresIn.Value), $"Expires is {cookie.Expires:o}.");
        });

    public Case SetsNoCookie() => Expect(static answer => Assert.Empty(answer.SessionCookies));

    /// <summary>A cookie of the application stands beside that of the session.</summary>
    public Case AlsoSets(string name, string value) =>
        Expect(answer => Assert.Contains(answer.Exchange.SetCookies, cookie => cookie.Name == name && cookie.Value == value));

    /// <summary>The session cookie stands after another one of its name.</summary>
    public Case SetsCookieAfter(string other, string sid) =>
        Expect(answer =>
            Assert.Equal([other, SignedValue.Sign(sid, answer.Cookies.Secret)], answer.SessionCookies.Select(static cookie => cookie.Value))
        );

    /// <summary>The calls of the store, in their order.</summary>
    public Case Calls(params string[] calls) => Expect(answer => Assert.Equal(calls, answer.Calls));

    /// <summary>The sessions in the store afterwards, without their cookies, in the order of their ids.</summary>
    public Case Stores(params string[] sessions) => Expect(answer => Assert.Equal(sessions, answer.StoredData));

    /// <summary>The only session in the store, whole; <c>(ms)</c> and <c>(instant)</c> stand for what the clock gave.</summary>
    public Case StoresExactly(string json) =>
        Expect(answer => Assert.Equal(json, StoredComparison.Mask(Assert.Single(answer.Stored).Json)));

    /// <summary>Where the two differ on purpose: what each does, and why.</summary>
    public Case Differs(string because, Func<Case, Case> express, Func<Case, Case> project)
    {
        Assert.NotEmpty(because);
        return _side == Side.Express ? express(this) : project(this);
    }

    public async Task RunAsync()
    {
        Assert.NotEmpty(_requests);
        Assert.All(_requests, static request => Assert.True(request.HasExpectations, $"Nothing is expected of request {request.Number}."));
        if (_side == Side.Express)
        {
            _hosts.SkipWhereExpressIsUnavailable();
        }

        await using var host =
            _side == Side.Express
                ? await _hosts.StartExpressAsync(StoreKind.Memory, _options)
                : await ProjectHost.StartAsync(StoreKind.Memory, _options);
        var cookies = new CookieWriter(_options);
        var run = new CaseRun(new Client(_hosts.Http, host.Address, cookies, freshConnections: true), cookies, _hosts.Http, host.Address);
        foreach (var action in _actions)
        {
            await action(run);
        }
    }

    private static string WithDefaults(string options)
    {
        var given = JsonSerializer.Deserialize<OrderedDictionary<string, JsonElement>>(options)!;
        given.TryAdd("secret", JsonSerializer.SerializeToElement(Secret));
        given.TryAdd("genidPrefix", JsonSerializer.SerializeToElement("id"));
        return JsonSerializer.Serialize(given);
    }

    private static Action<JsonElement> Matches(object? expected) =>
        expected is Entry entry
            ? given => Assert.True(entry.Matches(given), $"Expected {entry.Description}, was {given.GetRawText()}.")
            : given => Assert.Equal(Steps.Json(expected), given.GetRawText());

    private Case Do(Func<CaseRun, Task> action)
    {
        _actions.Add(action);
        return this;
    }

    private Case Expect(Action<Answer> expectation)
    {
        Last.Expect(expectation);
        return this;
    }
}
