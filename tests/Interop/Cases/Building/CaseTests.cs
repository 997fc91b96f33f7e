using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>What the classes of cases have in common.</summary>
public abstract class CaseTests(InteropHosts hosts)
{
    /// <summary>What express-session's documentation recommends.</summary>
    protected const string Quiet = """{"resave":false,"saveUninitialized":false}""";

    /// <summary>The same with a lifetime of a minute.</summary>
    protected const string QuietMinute = """{"resave":false,"saveUninitialized":false,"cookie":{"maxAge":60000}}""";

    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private protected Case On(Side side, string options) => new(hosts, side, options);
}
