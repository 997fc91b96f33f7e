using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>The steps of the protocol as JSON.</summary>
internal static class Steps
{
    public static string Has { get; } = Step("has");

    public static string Id { get; } = Step("id");

    public static string Keys { get; } = Step("keys");

    public static string Regenerate { get; } = Step("regenerate");

    public static string Destroy { get; } = Step("destroy");

    public static string Reload { get; } = Step("reload");

    public static string Save { get; } = Step("save");

    public static string Touch { get; } = Step("touch");

    public static string Unset { get; } = Step("unset");

    /// <summary>Beyond the protocol page: the response has no body.</summary>
    public static string Empty { get; } = Step("empty");

    /// <summary>Beyond the protocol page: the session is removed from the store behind the middleware's back.</summary>
    public static string Vanish { get; } = Step("vanish");

    private static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Get(string key) => Step("get", key);

    public static string Set(string key, object? value) => Step("set", key, value);

    public static string Del(string key) => Step("del", key);

    public static string CookieGet(string name) => Step("cookie.get", name);

    public static string CookieSet(string name, object? value) => Step("cookie.set", name, value);

    public static string Wait(int milliseconds) => Step("wait", milliseconds);

    public static string Write(string text) => Step("write", text);

    public static string Status(int code) => Step("status", code);

    public static string Throw(string message) => Step("throw", message);

    /// <summary>Beyond the protocol page: sets a header of the response.</summary>
    public static string Header(string name, string value) => Step("header", name, value);

    /// <summary>A value as JSON.</summary>
    public static string Json(object? value) => JsonSerializer.Serialize(value, Options);

    private static string Step(params object?[] parts) => Json(parts);
}
