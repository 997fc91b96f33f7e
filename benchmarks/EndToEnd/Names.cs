using System.Text.Json.Serialization;

namespace ServerSessions.Benchmarks.EndToEnd;

/// <summary>Who keeps them there.</summary>
internal enum Contender
{
    /// <summary>The driver alone, in a bare endpoint.</summary>
    Floor,

    /// <summary>This project's store alone, in a bare endpoint: what comparing costs, and what is left is the middleware's.</summary>
    StoreAlone,

    /// <summary>This project.</summary>
    ThisProject,

    /// <summary>ASP.NET Core's own session, loaded asynchronously.</summary>
    AspNetCore,

    /// <summary>Node's express-session with the backend's well-known store.</summary>
    Express,
}

/// <summary>What a request does with its session.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RequestKind>))]
internal enum RequestKind
{
    /// <summary>Reads one value; the session's life is extended, as by default everywhere.</summary>
    Read,

    /// <summary>Reads one value and writes it, one higher.</summary>
    ReadWrite,

    /// <summary>Reads and writes, and all connections have one session.</summary>
    Contended,

    /// <summary>Has no session cookie and does not look at the session.</summary>
    NoSession,
}

internal static class Names
{
    public static string Of(Contender contender) =>
        contender switch
        {
            Contender.Floor => "floor",
            Contender.StoreAlone => "its store alone",
            Contender.ThisProject => "this project",
            Contender.AspNetCore => "ASP.NET Core session",
            _ => "express-session",
        };

    public static string Of(RequestKind kind) =>
        kind switch
        {
            RequestKind.Read => "read",
            RequestKind.ReadWrite => "read and write",
            RequestKind.Contended => "one session",
            _ => "no session",
        };

    /// <summary>The path, which is the same on every server.</summary>
    public static string Path(RequestKind kind) =>
        kind switch
        {
            RequestKind.Read => "/read",
            RequestKind.ReadWrite or RequestKind.Contended => "/write",
            _ => "/none",
        };
}
