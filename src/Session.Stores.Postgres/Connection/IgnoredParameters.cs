namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// Parameters of PostgreSQL URLs without an effect: tuning of libpq, decisions of the driver or the runtime, pools, caches and timeouts of
/// other clients, and Prisma's schema.
/// </summary>
internal static class IgnoredParameters
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "keepalives_count",
        "tcp_user_timeout",
        "sslcompression",
        "sslsni",
        "sslkeylogfile",
        "gsslib",
        "gssdelegation",
        "client_encoding",
        "min_protocol_version",
        "max_protocol_version",
        "uselibpqcompat",
        "statement_timeout",
        "query_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "max",
        "idleTimeoutMillis",
        "connectionTimeoutMillis",
        "schema",
        "pgbouncer",
        "connection_limit",
        "pool_timeout",
        "socket_timeout",
        "statement_cache_size",
        "supa",
        "workaround",
        "pool",
        "prepared_statements",
        "reaping_frequency",
        "encoding",
        "conn_max_age",
        "pool_max_conns",
        "pool_min_conns",
        "pool_min_idle_conns",
        "pool_max_conn_lifetime",
        "pool_max_conn_lifetime_jitter",
        "pool_max_conn_idle_time",
        "pool_health_check_period",
        "statement_cache_capacity",
        "description_cache_capacity",
        "default_query_exec_mode",
    };

    public static bool Contains(string name) => Names.Contains(name);
}
