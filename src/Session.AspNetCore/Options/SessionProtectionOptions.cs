namespace ServerSessions;

/// <summary>
/// What sessions look like at rest, in every store. Node reads none of it: not for sessions that are shared with it. Sessions that were
/// stored before are not found any more.
/// </summary>
public sealed class SessionProtectionOptions
{
    private bool _isKeyAssigned;

    /// <summary>
    /// Whether stores keep sessions under a hash of their id (SHA-256, 64 hexadecimal digits) in place of the id: what is read from a
    /// store, a dump or a log of the backend then opens no session.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool HashIds { get; set; }

    /// <summary>
    /// The key that payloads are encrypted with, by AES-256-GCM, bound to their session: a payload that is changed, or found under another
    /// id, is no session. Lifetimes and cookie attributes stay readable. A session that is not encrypted, or by a key that is not known
    /// here, is no session either; that is logged and counted. To use ASP.NET Core Data Protection in place of keys, call
    /// <c>EncryptPayloadWithDataProtection()</c>.
    /// </summary>
    /// <value>
    /// The base64 text of 32 random bytes, as <c>openssl rand -base64 32</c> prints one; white space around it is left out. The default is
    /// <see langword="null"/>: payloads are not encrypted. <see langword="null"/> that is assigned is refused when the application starts,
    /// so that a missing setting does not turn encryption off.
    /// </value>
    public string? Key
    {
        get;
        set => (field, _isKeyAssigned) = (value, true);
    }

    /// <summary>
    /// Former keys, which still decrypt. To rotate, move the key here and set a new one. Remove the old one once the sessions written with
    /// it have ended.
    /// </summary>
    /// <value>The same form as <see cref="Key"/>. The default is empty.</value>
    public IList<string> PreviousKeys { get; } = [];

    /// <summary>
    /// Whether <see cref="Key"/> was set, to whatever value. A method, since every property is a key to the configuration binder.
    /// </summary>
    internal bool IsKeyAssigned() => _isKeyAssigned;
}
