namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>A file that a run can write.</summary>
internal enum ReportKind
{
    Md,
    Json,
    Junit,
    Badge,
}
