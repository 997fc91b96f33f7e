namespace Session.Conformance;

/// <summary>Trouble with the backend that a harness can make.</summary>
public enum StoreFault
{
    /// <summary>The backend cannot be reached: refused, dropped, stopped.</summary>
    Unavailable,

    /// <summary>The backend takes calls and does not answer.</summary>
    Hang,

    /// <summary>The backend refuses what would be written: full, read-only, locked. What it answers to a read is open.</summary>
    ReadOnly,
}
