namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>A session that Node writes into the golden records, and what it does with it then.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Cookie">The cookie's options, as express-session takes them.</param>
/// <param name="Case">The values.</param>
/// <param name="Then">What follows 10.1 seconds later.</param>
internal sealed record GoldenSession(string Name, object Cookie, SessionCase Case, string? Then = null)
{
    public static IReadOnlyList<GoldenSession> All { get; } =
    [
        .. SessionCases
            .All.Where(static session => session.JavaScript is not null && session.Name != "long")
            .Select(static session => new GoldenSession(session.Name, new { maxAge = 60_000 }, session)),
        new("without a lifetime", new { }, SessionCases.Named("plain")),
        new("expires: false", new { expires = false }, SessionCases.Named("plain")),
        new("a second and a half", new { maxAge = 1500 }, SessionCases.Named("plain")),
        new("a year", new { maxAge = 31_536_000_000 }, SessionCases.Named("plain")),
        new(
            "every attribute",
            new
            {
                maxAge = 60_000,
                path = "/app",
                domain = "example.com",
                secure = true,
                httpOnly = false,
                sameSite = "lax",
                priority = "high",
                partitioned = true,
            },
            SessionCases.Named("plain")
        ),
        new("an end in the options", new { expires = "2099-12-31T23:59:59.999Z" }, SessionCases.Named("plain")),
        new("saved twice", new { maxAge = 60_000 }, SessionCases.Named("plain"), "change"),
        new("touched", new { maxAge = 60_000 }, SessionCases.Named("plain"), "touch"),
        new("touched, without a lifetime", new { }, SessionCases.Named("plain"), "touch"),
    ];
}
