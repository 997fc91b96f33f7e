namespace ServerSessions;

/// <summary>
/// The protection of sessions at rest, for every store. Do not use it for sessions that are shared with Node, which cannot read them.
/// Sessions that were stored before it was turned on are not found.
/// </summary>
public sealed class SessionProtectionOptions
{
    private bool _isKeyAssigned;

    /// <summary>
    /// Whether stores keep sessions under a hash of their id (SHA-256, 64 hexadecimal digits). Text from a store, a dump or a log of the
    /// backend then gives access to no session.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool HashIds { get; set; }

    /// <summary>
    /// Gets or sets the key that encrypts payloads with AES-256-GCM, bound to their session. Lifetimes and cookie attributes stay readable.
    /// To use ASP.NET Core Data Protection instead, call <c>EncryptPayloadWithDataProtection()</c>.
    /// </summary>
    /// <remarks>
    /// A payload that was changed, or that is found under another id, is not a session. Neither is one that is not encrypted, or is
    /// encrypted with an unknown key: that is logged and counted. Read again when the configuration reloads: the next request uses the new
    /// key. A reload cannot turn encryption on or off.
    /// </remarks>
    /// <value>
    /// The base64 text of 32 random bytes, such as the output of <c>openssl rand -base64 32</c>; surrounding white space is ignored. The
    /// default is <see langword="null"/>: payloads are not encrypted. Assigning <see langword="null"/> is refused at start, so that a
    /// missing setting does not turn encryption off.
    /// </value>
    public string? Key
    {
        get;
        set => (field, _isKeyAssigned) = (value, true);
    }

    /// <summary>
    /// The former keys, which still decrypt. To rotate, move the key here and set a new one. Remove the old one once the sessions written
    /// with it have ended.
    /// </summary>
    /// <value>The base64 text of 32 random bytes each. The default is empty.</value>
    public IList<string> PreviousKeys { get; } = [];

    /// <summary>
    /// Whether <see cref="Key"/> was assigned, also with <see langword="null"/>. A method, because the configuration binder treats every
    /// property as a key.
    /// </summary>
    internal bool IsKeyAssigned() => _isKeyAssigned;
}
