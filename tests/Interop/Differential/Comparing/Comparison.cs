using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Differential.Running;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Comparing;

/// <summary>Says where two outcomes of a program differ in what a client or the store can show.</summary>
internal sealed class Comparison
{
    // Expires has whole seconds, and clocks are read at different moments of a step.
    private static readonly TimeSpan LeastTolerance = TimeSpan.FromSeconds(2);

    private readonly InteropProgram _program;
    private readonly CookieWriter _cookies;
    private readonly SidNames _express;
    private readonly SidNames _project;
    private readonly TimeSpan _tolerance;

    private Comparison(InteropProgram program, TimeSpan elapsed)
    {
        _program = program;
        _tolerance = LeastTolerance + elapsed;
        _cookies = new CookieWriter(program.OptionsJson);
        _express = new SidNames(program.HasEqualSids);
        _project = new SidNames(program.HasEqualSids);
    }

    /// <returns>The first difference in words, or nothing.</returns>
    public static string? FirstDifference(InteropProgram program, Outcome express, Outcome project) =>
        new Comparison(program, express.Elapsed + project.Elapsed).Find(express, project);

    private static string Differ(string what, object? express, object? project) =>
        $"{what}\n    express-session: {express}\n    this project:    {project}";

    private string? Find(Outcome express, Outcome project)
    {
        for (var i = 0; i < _program.Requests.Count; i++)
        {
            var difference = CompareExchange(_program.Requests[i], express.Exchanges[i], project.Exchanges[i])
                ?? CompareStored(express.Stored[i], project.Stored[i]);
            if (difference is not null)
            {
                return $"request {i + 1}: {difference}\n    responses:\n    express-session: {express.Exchanges[i]}\n    this project:   "
                    + $" {project.Exchanges[i]}";
            }
        }

        return null;
    }

    private string? CompareExchange(ProgramRequest request, Exchange express, Exchange project)
    {
        if (express.Status != project.Status)
        {
            return Differ("status", express.Status, project.Status);
        }

        return BodyComparison.FirstDifference(request, express.Body, project.Body, _express, _project, _tolerance) is { } body
            ? Differ(body, express.Body, project.Body)
            : CompareSetCookies(express.SetCookies, project.SetCookies);
    }

    private string? CompareSetCookies(IReadOnlyList<SetCookieHeader> express, IReadOnlyList<SetCookieHeader> project)
    {
        if (express.Count != project.Count)
        {
            return Differ("number of Set-Cookie headers", express.Count, project.Count);
        }

        for (var i = 0; i < express.Count; i++)
        {
            if (express[i].Name != project[i].Name || express[i].Attributes != project[i].Attributes)
            {
                return Differ("attributes of Set-Cookie", express[i], project[i]);
            }

            if ((express[i].Expires - project[i].Expires)?.Duration() > _tolerance)
            {
                return Differ("Expires", express[i].Expires, project[i].Expires);
            }

            if (Session(express[i], _express) is var mine && Session(project[i], _project) is var theirs && mine != theirs)
            {
                return Differ("session of the cookie", mine, theirs);
            }
        }

        return null;
    }

    /// <summary>The session whose cookie it is, if it is rightly signed with the first secret.</summary>
    private string Session(SetCookieHeader cookie, SidNames names) =>
        SignedValue.Sid(cookie.Value) is { } sid && SignedValue.Sign(sid, _cookies.Secret) == cookie.Value
            ? names.NameOf(sid)
            : $"not rightly signed: {cookie.Value}";

    private string? CompareStored(IReadOnlyList<StoredSession> express, IReadOnlyList<StoredSession> project)
    {
        var mine = Ordered(express, _express);
        var theirs = Ordered(project, _project);
        if (mine.Count != theirs.Count)
        {
            return Differ("stored sessions", string.Join(' ', mine), string.Join(' ', theirs));
        }

        for (var i = 0; i < mine.Count; i++)
        {
            if (mine[i].Sid != theirs[i].Sid || StoredComparison.Differ(mine[i].Json, theirs[i].Json, _tolerance))
            {
                return Differ("stored session", mine[i], theirs[i]);
            }
        }

        return null;
    }

    /// <summary>
    /// Sessions that no client has seen have ids that say nothing: they are paired by content, and by their end if that is the same.
    /// </summary>
    private static List<StoredSession> Ordered(IReadOnlyList<StoredSession> stored, SidNames names) =>
        [
            .. stored
                .Select(session => session with { Sid = names.Find(session.Sid) })
                .OrderBy(static session => session.Sid, StringComparer.Ordinal)
                .ThenBy(static session => StoredComparison.Mask(session.Json), StringComparer.Ordinal)
                .ThenBy(static session => StoredComparison.ExpiresOf(session.Json)),
        ];
}
