namespace ServerSessions;

/// <summary>What all pages of a request need.</summary>
/// <param name="Options">The options.</param>
/// <param name="Links">The links.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Now">The time.</param>
/// <param name="Token">The hidden field that each form has.</param>
internal sealed record DashboardView(
    SessionDashboardOptions Options,
    DashboardLinks Links,
    IServerSessionOperator Sessions,
    DateTimeOffset Now,
    Markup Token
);
