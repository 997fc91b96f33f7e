using System.Globalization;
using System.Text.Json;

namespace ServerSessions.Interop.Host.Options;

/// <summary>express-session's options object, with express-session's defaults, as options of this project.</summary>
internal sealed class ExpressOptions
{
    private readonly JsonElement _options;
    private readonly string[] _secrets;
    private readonly SessionUnset _unset;
    private readonly Func<HttpContext, ExpressCookieOptions> _cookie;
    private long _lastSid;

    private ExpressOptions(JsonElement options)
    {
        _options = options;
        _secrets = Secrets(options);
        _unset = Unset(options);
        _cookie = Member("cookieByPath") is { ValueKind: JsonValueKind.Object } byPath
            ? CookieByPath.Read(byPath)
            : Always(ExpressCookieOptions.Read(Member("cookie")));
    }

    /// <summary>Beyond the protocol page: with <c>"touch":false</c> the middleware finds a store that cannot touch.</summary>
    public bool StoreCanTouch => Truth("touch", whereAbsent: true);

    /// <summary>Beyond the protocol page: <c>"trustProxy":true</c> is Express's setting <c>trust proxy</c>.</summary>
    public bool TrustsProxy => Truth("trustProxy", whereAbsent: false);

    /// <exception cref="BadArgumentException">It is no JSON object, or a member has a value that express-session refuses or that is no JSON
    /// for it.</exception>
    public static ExpressOptions Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ExpressOptions(document.RootElement.Clone())
                : throw new BadArgumentException("--options is no JSON object.");
        }
        catch (JsonException)
        {
            throw new BadArgumentException("--options is no well-formed JSON.");
        }
    }

    public void ApplyTo(ServerSessionOptions options)
    {
        options.Secret = _secrets[0];
        foreach (var previous in _secrets.Skip(1))
        {
            options.PreviousSecrets.Add(previous);
        }

        options.Cookie.Name = Text("name") ?? Text("key") ?? SessionCookieOptions.DefaultName;
        options.Resave = Truth("resave", whereAbsent: true);
        options.SaveUninitialized = Truth("saveUninitialized", whereAbsent: true);
        options.Rolling = Truth("rolling", whereAbsent: false);
        options.Unset = _unset;
        options.Proxy = Member("proxy").ValueKind switch
        {
            JsonValueKind.True => SessionProxy.TrustForwardedProto,
            JsonValueKind.False => SessionProxy.ConnectionOnly,
            _ => SessionProxy.FromRequest,
        };

        options.CookiePerRequest = context => _cookie(context).Options;

        // Where this project differs on purpose. express-session runs with what browsers would refuse, and looks at the first cookie of the
        // name alone.
        options.EnforceCookieRules = false;
        options.FirstCookieOnly = true;
        options.ClearCookieOnDestroy = false;
        options.CacheProtection = SessionCacheProtection.None;
        options.MaxSessionBytes = options.MaxKeys = options.MaxKeyLength = int.MaxValue;
        options.WhenDisconnected = SessionDisconnectedBehavior.ContinueWithoutSession;
        options.WhenLoadFails = SessionFailureBehavior.Throw;
        options.WhenSaveFails = SessionFailureBehavior.Throw;
        options.AllowNewIdAfterResponseStart = true;
        options.ParallelWrites = SessionParallelWrites.LastWriteWins;
        options.YieldToForeignCookie = false;
        options.RenewCookieOfGoneSession = true;
        options.AllowReservedKeys = true;

        if (Text("genidPrefix") is { } prefix)
        {
            options.GenerateSid = _ => prefix + Interlocked.Increment(ref _lastSid).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Gives the cookie of a session that was just made in this request the spellings of its options, which our options do not have.
    /// </summary>
    public void SpellCookie(HttpContext context, ServerSession session) => _cookie(context).Spell(session.Cookie);

    private static string[] Secrets(JsonElement options)
    {
        var secret = options.TryGetProperty("secret", out var member) ? member : default;
        string?[] secrets = secret.ValueKind switch
        {
            JsonValueKind.String => [secret.GetString()],
            JsonValueKind.Array =>
            [
                .. secret.EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.String ? item.GetString() : null),
            ],
            _ => [],
        };

        return secrets.Length > 0 && Array.TrueForAll(secrets, static text => !string.IsNullOrEmpty(text))
            ? [.. secrets.OfType<string>()]
            : throw new BadArgumentException("--options: secret must be a string or an array of strings, none of them empty.");
    }

    private static SessionUnset Unset(JsonElement options)
    {
        var unset = options.TryGetProperty("unset", out var member) ? member : default;
        return unset.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? SessionUnset.Keep
            : (unset.ValueKind == JsonValueKind.String ? unset.GetString() : null) switch
            {
                "keep" => SessionUnset.Keep,
                "destroy" => SessionUnset.Destroy,
                _ => throw new BadArgumentException("--options: unset must be \"destroy\" or \"keep\"."),
            };
    }

    private static Func<HttpContext, ExpressCookieOptions> Always(ExpressCookieOptions cookie) => _ => cookie;

    private JsonElement Member(string name) => _options.TryGetProperty(name, out var member) ? member : default;

    private string? Text(string name) =>
        Member(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    private bool Truth(string name, bool whereAbsent) => JavaScriptTruth.Of(Member(name)) ?? whereAbsent;
}
