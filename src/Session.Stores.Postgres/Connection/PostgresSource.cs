using Npgsql;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>Creates the store's own data source.</summary>
internal static class PostgresSource
{
    private const string DefaultName = "Session.Stores.Postgres";
    private const string Multiplexes = "sets Multiplexing, with which statements cannot be prepared or cancelled. Remove it.";

    /// <summary>Creates a data source.</summary>
    /// <param name="options">Options with a connection string that <see cref="TryParse"/> accepts.</param>
    public static NpgsqlDataSource Create(PostgresSessionStoreOptions options)
    {
        if (!TryParse(options.ConnectionString, out var settings, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        // No statement changes a connection, so there is nothing to reset. A reset is one more statement per use, which a pooler may send
        // to another client's connection.
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        settings.ApplicationName ??= DefaultName;

        // Payloads are read from the wire unchanged, and JSON is UTF-8.
        settings.ClientEncoding = settings.Encoding = "UTF8";

        // No call waits longer for a connection.
        var longest = (int)Math.Ceiling(options.OperationTimeout.TotalSeconds) + 1;
        var hosts = settings.Host!.Split(',').Length;
        if (hosts > 1)
        {
            // The driver's default accepts a replica, and "primary" accepts a server that is read-only after a failover.
            settings.TargetSessionAttributes ??= "read-write";

            // If a host does not respond, the others must be tried within the same call. The driver counts whole seconds per host.
            longest = Math.Max((int)options.OperationTimeout.TotalSeconds / hosts, 1);
        }

        KeepToOneHost(settings);
        settings.Timeout = Math.Min(settings.Timeout == 0 ? int.MaxValue : settings.Timeout, longest);
        return Build(settings);
    }

    /// <summary>Parses a connection string of Npgsql or a URL.</summary>
    /// <param name="text">The string.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="error">The end of an error sentence that starts with "ConnectionString"; repeats only names of settings.</param>
    public static bool TryParse(string? text, out NpgsqlConnectionStringBuilder settings, out string? error)
    {
        settings = new NpgsqlConnectionStringBuilder();
        error = null;

        // A secret mounted as a file often ends with a line break, which would become part of the database's name.
        text = text?.TrimEnd('\r', '\n');
        if (string.IsNullOrWhiteSpace(text))
        {
            error =
                "is empty. Give a connection string such as 'Host=localhost;Database=app;Username=app;Password=…', or a URL "
                + "'postgres://app:…@localhost/app'.";
            return false;
        }

        try
        {
            if (PostgresUrl.IsUrl(text))
            {
                PostgresUrl.Read(text, settings);
            }
            else
            {
                settings.ConnectionString = text;
            }
        }
        catch (Exception wrong)
            when (wrong is ArgumentException or FormatException or KeyNotFoundException or OverflowException or InvalidCastException)
        {
            // The driver's message may repeat parts of the string.
            error =
                wrong is StoreUrlException
                    ? wrong.Message
                    : "is not a connection string of Npgsql. Check the names and values of its settings.";
            return false;
        }

        error = WhyUnusable(settings) ?? WhyRefused(settings);
        return error is null;
    }

    /// <summary>Returns why the store cannot use settings that the driver accepts; null if it can.</summary>
    private static string? WhyUnusable(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            return "names no server. Set Host.";
        }

        if (!PostgresHosts.AreValid(settings.Host))
        {
            return "has a Host that is no name, address or socket. Separate several hosts with commas, each with an optional port after a "
                + "colon. Percent-encode '@', ':', '/', '?' and '#' of a password in a URL, and quote a password in a connection string.";
        }

        if (settings.Multiplexing)
        {
            return Multiplexes;
        }

        return
            settings.Host.Contains(',', StringComparison.Ordinal)
            || settings.TargetSessionAttributes?.ToLowerInvariant() is not ("standby" or "read-only")
            ? null
            : "asks for a server that takes no writes (Target Session Attributes), but a session store writes. Remove it.";
    }

    /// <summary>Returns why the store cannot use a data source of the application; null if it can.</summary>
    public static string? WhyUnusableAsGiven(NpgsqlDataSource source)
    {
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        if (settings.Multiplexing)
        {
            return Multiplexes;
        }

        return settings.ClientEncoding?.ToUpperInvariant() is null or "UTF8" or "UTF-8" or "UNICODE"
            ? null
            : "sets another Client Encoding than UTF8, in which sessions are stored. Remove it.";
    }

    /// <summary>Finds contradicting settings by creating a data source, which opens no connection.</summary>
    private static string? WhyRefused(NpgsqlConnectionStringBuilder settings)
    {
        try
        {
            var trial = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
            KeepToOneHost(trial);
            Build(trial).Dispose();
            return null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            return "has settings that Npgsql does not accept together, or an unknown value. Check them.";
        }
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings) =>
        // Built-in types only, so no query for other types. The name is set, because the driver's metrics and activities would otherwise
        // show the connection string without Password but with SSL Password and Options.
        new NpgsqlSlimDataSourceBuilder(settings.ConnectionString) { Name = settings.ApplicationName ?? DefaultName }
            .EnableTransportSecurity()
            .EnableIntegratedSecurity()
            .ConfigureTypeLoading(static types => types.EnableTypeLoading(false))
            .Build();

    /// <summary>
    /// Sets Target Session Attributes to "any" for a single host, because the driver checks roles only among several hosts. A read-only
    /// server is then an error of each write. The setting is not left out, because then the variable PGTARGETSESSIONATTRS would apply.
    /// </summary>
    private static void KeepToOneHost(NpgsqlConnectionStringBuilder settings)
    {
        if (!settings.Host!.Contains(',', StringComparison.Ordinal))
        {
            settings.TargetSessionAttributes = "any";
        }
    }
}
