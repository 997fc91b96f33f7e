namespace ServerSessions.Stores.MySql;

/// <summary>The form of the table. A table of the other form is refused when the store opens.</summary>
public enum MySqlSessionFormat
{
    /// <summary>
    /// The table of Node's express-mysql-session, which both can share: ids of up to 128 characters that do not end with a blank, payloads
    /// of up to 16 MiB, expiries in whole seconds, rounded up.
    /// </summary>
    ExpressMySqlSession,

    /// <summary>
    /// A table of this store: every id of the contract, compared byte for byte, payloads of up to 4 GiB, expiries in milliseconds.
    /// </summary>
    Binary,
}
