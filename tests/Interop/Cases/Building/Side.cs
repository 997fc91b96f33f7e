namespace ServerSessions.Interop.Cases.Building;

/// <summary>Whom a case is put to.</summary>
public enum Side
{
    /// <summary>express-session itself; skipped if there is no Node.</summary>
    Express,

    /// <summary>This project.</summary>
    Project,
}
