namespace ServerSessions;

/// <summary>
/// The options that configuration can set. Each property is a key, and sets the option of the same name. The binder's generator emits code
/// for every property of a type. For <see cref="ServerSessionOptions"/> that would be code for functions, stores and JSON converters, which
/// trimming refuses.
/// </summary>
internal sealed class ConfigurableOptions(ServerSessionOptions options)
{
    /// <summary>Read by <c>AddStoreFromConfiguration</c>. Declared here so that it is accepted beside the options.</summary>
    public string? Store { get; set; }

    public string? Secret
    {
        get => options.Secret;
        set => options.Secret = WithoutLineBreak(value);
    }

    public IList<string?> PreviousSecrets { get; } = [];

    public bool FirstCookieOnly
    {
        get => options.FirstCookieOnly;
        set => options.FirstCookieOnly = value;
    }

    public bool EnforceCookieRules
    {
        get => options.EnforceCookieRules;
        set => options.EnforceCookieRules = value;
    }

    public SessionCookieOptions Cookie => options.Cookie;

    public SessionProxy Proxy
    {
        get => options.Proxy;
        set => options.Proxy = value;
    }

    public bool Resave
    {
        get => options.Resave;
        set => options.Resave = value;
    }

    public bool SaveUninitialized
    {
        get => options.SaveUninitialized;
        set => options.SaveUninitialized = value;
    }

    public bool Rolling
    {
        get => options.Rolling;
        set => options.Rolling = value;
    }

    public SessionUnset Unset
    {
        get => options.Unset;
        set => options.Unset = value;
    }

    public SessionParallelWrites ParallelWrites
    {
        get => options.ParallelWrites;
        set => options.ParallelWrites = value;
    }

    public SessionDisconnectedBehavior WhenDisconnected
    {
        get => options.WhenDisconnected;
        set => options.WhenDisconnected = value;
    }

    public SessionFailureBehavior WhenLoadFails
    {
        get => options.WhenLoadFails;
        set => options.WhenLoadFails = value;
    }

    public SessionFailureBehavior WhenSaveFails
    {
        get => options.WhenSaveFails;
        set => options.WhenSaveFails = value;
    }

    public bool AllowNewIdAfterResponseStart
    {
        get => options.AllowNewIdAfterResponseStart;
        set => options.AllowNewIdAfterResponseStart = value;
    }

    public bool YieldToForeignCookie
    {
        get => options.YieldToForeignCookie;
        set => options.YieldToForeignCookie = value;
    }

    public bool RenewCookieOfGoneSession
    {
        get => options.RenewCookieOfGoneSession;
        set => options.RenewCookieOfGoneSession = value;
    }

    public bool AllowReservedKeys
    {
        get => options.AllowReservedKeys;
        set => options.AllowReservedKeys = value;
    }

    public TimeSpan OperationTimeout
    {
        get => options.OperationTimeout;
        set => options.OperationTimeout = value;
    }

    public TimeSpan PruneInterval
    {
        get => options.PruneInterval;
        set => options.PruneInterval = value;
    }

    public int PruneBatch
    {
        get => options.PruneBatch;
        set => options.PruneBatch = value;
    }

    public TimeSpan ConnectionCheckInterval
    {
        get => options.ConnectionCheckInterval;
        set => options.ConnectionCheckInterval = value;
    }

    public TimeSpan? IdleTimeout
    {
        get => options.IdleTimeout;
        set => options.IdleTimeout = value;
    }

    public TimeSpan? AbsoluteTimeout
    {
        get => options.AbsoluteTimeout;
        set => options.AbsoluteTimeout = value;
    }

    public double TouchThrottle
    {
        get => options.TouchThrottle;
        set => options.TouchThrottle = value;
    }

    public SessionTouchOnRead TouchOnRead
    {
        get => options.TouchOnRead;
        set => options.TouchOnRead = value;
    }

    public bool ClearCookieOnDestroy
    {
        get => options.ClearCookieOnDestroy;
        set => options.ClearCookieOnDestroy = value;
    }

    public SessionCacheProtection CacheProtection
    {
        get => options.CacheProtection;
        set => options.CacheProtection = value;
    }

    public SessionSiteData ClearSiteDataOnDestroy
    {
        get => options.ClearSiteDataOnDestroy;
        set => options.ClearSiteDataOnDestroy = value;
    }

    public SessionMissing WhenMissing
    {
        get => options.WhenMissing;
        set => options.WhenMissing = value;
    }

    public SessionCrossSite CrossSite
    {
        get => options.CrossSite;
        set => options.CrossSite = value;
    }

    public IList<string> TrustedOrigins => options.TrustedOrigins;

    public SessionProtectionOptions Protection => options.Protection;

    public int MaxSessionBytes
    {
        get => options.MaxSessionBytes;
        set => options.MaxSessionBytes = value;
    }

    public int MaxKeys
    {
        get => options.MaxKeys;
        set => options.MaxKeys = value;
    }

    public int MaxKeyLength
    {
        get => options.MaxKeyLength;
        set => options.MaxKeyLength = value;
    }

    /// <summary>Sets the options that the binder could only collect.</summary>
    public void Complete()
    {
        foreach (var secret in PreviousSecrets)
        {
            options.PreviousSecrets.Add(WithoutLineBreak(secret)!);
        }
    }

    /// <summary>Removes the line break that a secret from a mounted file often ends with.</summary>
    private static string? WithoutLineBreak(string? secret) => secret?.TrimEnd('\r', '\n');
}
