namespace ServerSessions.Interop.Driver;

/// <summary>One request of a program.</summary>
/// <param name="Method">POST carries the steps in its body, GET and HEAD in the query.</param>
/// <param name="Path">The path.</param>
/// <param name="Cookie">What it carries as cookie.</param>
/// <param name="ForwardedProto">The header <c>X-Forwarded-Proto</c>, if it has one.</param>
/// <param name="Steps">The steps, each as JSON.</param>
internal sealed record ProgramRequest(string Method, string Path, SentCookie Cookie, string? ForwardedProto, IReadOnlyList<string> Steps)
{
    public string StepsJson => $"[{string.Join(',', Steps)}]";

    public bool WritesEarly => Steps.Any(static step => step.StartsWith("[\"write\"", StringComparison.Ordinal));

    public override string ToString() =>
        $"{Method} {Path} cookie: {Cookie}{(ForwardedProto is null ? "" : $", X-Forwarded-Proto: {ForwardedProto}")} {StepsJson}";
}
