namespace ServerSessions;

/// <summary>How much of the client's address is kept with a sign-in.</summary>
public enum UserSessionAddress
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. The rest is zero.</summary>
    Truncated,

    /// <summary>The whole address.</summary>
    Full,
}
