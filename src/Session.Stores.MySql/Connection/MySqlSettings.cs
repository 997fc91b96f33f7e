using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MySqlConnector;

namespace ServerSessions.Stores.MySql.Connection;

/// <summary>The settings of the driver: parsed, checked, and completed for the store's own data source.</summary>
internal static class MySqlSettings
{
    private const string DefaultName = "Session.Stores.MySql";

    public static string[] UrlPrefixes { get; } = ["mysql://", "mariadb://"];

    /// <summary>Creates the store's own data source.</summary>
    /// <param name="options">Options with a connection string that <see cref="TryParse"/> accepts.</param>
    public static MySqlDataSource CreateSource(MySqlSessionStoreOptions options)
    {
        if (!TryParse(options.ConnectionString, out var settings, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        Complete(settings);

        // No call waits longer for a connection.
        var longest = Patience(options.OperationTimeout);
        settings.ConnectionTimeout = settings.ConnectionTimeout == 0 ? longest : Math.Min(settings.ConnectionTimeout, longest);
        return Build(settings);
    }

    /// <summary>Sets what the store depends on, also if the application has set it otherwise.</summary>
    private static void Complete(MySqlConnectionStringBuilder settings)
    {
        // No statement changes a connection, so there is nothing to reset. A reset is one more round trip for each call, and forgets the
        // prepared statements.
        settings.ConnectionReset = false;
        settings.AutoEnlist = false;

        // A touch that finds a row must count it, also if the expiry is the one that it has.
        settings.UseAffectedRows = false;

        // A prepared statement sends values as they are; otherwise they are escaped, which depends on the server's sql_mode.
        settings.IgnorePrepare = false;
        settings.OldGuids = false;
        settings.GuidFormat = MySqlGuidFormat.None;

        // The driver's activities show the connection string, with the password if it is kept.
        settings.PersistSecurityInfo = false;
        if (
            !settings.ContainsKey("Load Balance")
            && settings.ConnectionProtocol == MySqlConnectionProtocol.Tcp
            && !IsSocket(settings.Server)
        )
        {
            // In turns, the next read could be served by a server that has not seen the last write.
            settings.LoadBalance = MySqlLoadBalance.FailOver;
        }

        if (settings.ApplicationName.Length == 0)
        {
            settings.ApplicationName = DefaultName;
        }

        // Once a command is too late, its socket is closed: the driver would else ask the server to cancel it, and block a thread for each.
        settings.CancellationTimeout = -1;
    }

    /// <summary>The name is set, because the driver's metrics and activities would otherwise show the connection string.</summary>
    private static MySqlDataSource Build(MySqlConnectionStringBuilder settings) =>
        new MySqlDataSourceBuilder(settings.ConnectionString).UseName(settings.ApplicationName).Build();

    /// <summary>
    /// Returns the seconds after which a command is given up: later than its call, so that the server is asked first to cancel the
    /// statement, which keeps the connection.
    /// </summary>
    public static uint Patience(TimeSpan operationTimeout) => (uint)Math.Ceiling(operationTimeout.TotalSeconds) + 1;

    /// <summary>Parses a connection string of MySqlConnector or a URL.</summary>
    /// <param name="text">The string.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="error">The end of an error sentence that starts with "ConnectionString"; repeats only names of settings.</param>
    public static bool TryParse(string? text, out MySqlConnectionStringBuilder settings, [NotNullWhen(false)] out string? error)
    {
        settings = new MySqlConnectionStringBuilder();

        // A secret mounted as a file often ends with a line break, which would become part of the last value.
        text = text?.TrimEnd('\r', '\n');
        if (string.IsNullOrWhiteSpace(text))
        {
            error =
                "is empty. Give a connection string such as 'Server=localhost;Database=app;User ID=app;Password=…', or a URL "
                + "'mysql://app:…@localhost/app'.";
            return false;
        }

        try
        {
            if (Array.Exists(UrlPrefixes, prefix => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                MySqlUrl.Read(StoreUrl.Parse(text), settings);
            }
            else
            {
                settings.ConnectionString = text;
            }

            // Reads every value, because the driver checks some of them only then.
            foreach (string key in settings.Keys)
            {
                _ = settings[key];
            }

            error = WhyUnusable(settings);
        }
        catch (StoreUrlException wrong)
        {
            error = wrong.Message;
        }
        catch (Exception wrong)
            when (wrong is ArgumentException or FormatException or InvalidOperationException or OverflowException or InvalidCastException)
        {
            // The driver's message may repeat parts of the string.
            error = "is not a connection string of MySqlConnector. Check the names and values of its settings.";
        }

        return error is null;
    }

    /// <summary>Returns why the store cannot use a data source of the application; null if it can.</summary>
    public static string? WhyUnusableAsGiven(MySqlDataSource source)
    {
        var settings = new MySqlConnectionStringBuilder(source.ConnectionString);
        return settings switch
        {
            { UseAffectedRows: true } =>
                "sets Use Affected Rows, with which a touch that changes nothing looks like one of a missing session. Remove it.",
            { IgnorePrepare: true } => "sets Ignore Prepare, without which values depend on the server's sql_mode. Remove it.",
            { Database.Length: 0 } => "names no database. Set Database.",
            _ => null,
        };
    }

    /// <summary>Returns why the store cannot use settings that the driver accepts; null if it can.</summary>
    private static string? WhyUnusable(MySqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Server))
        {
            return "names no server. Set Server.";
        }

        var hosts = settings.Server.Split(',');
        if (Array.Exists(hosts, HasPort) && Array.TrueForAll(hosts, static host => IsHost(host) || HasPort(host)))
        {
            return "has a Server with a port. Write the port as Port=…, one for all servers.";
        }

        if (!IsSocket(settings.Server) && !Array.TrueForAll(hosts, IsHost))
        {
            return "has a Server that is no name, address or socket. Separate several servers with commas. Percent-encode '@', ':', '/', "
                + "'?' and '#' of a password in a URL, and quote a password in a connection string.";
        }

        if (settings.CertificatePassword.Length > 0)
        {
            return "sets Certificate Password, which the driver's activities would show. Use SSL Cert and SSL Key, or a data source of the "
                + "application.";
        }

        return settings.Database.Length == 0
            ? "names no database. Set Database, or write it after the host of a URL."
            : WhyRefused(settings);
    }

    /// <summary>Finds contradicting settings by creating a data source, which opens no connection.</summary>
    private static string? WhyRefused(MySqlConnectionStringBuilder settings)
    {
        try
        {
            var trial = new MySqlConnectionStringBuilder(settings.ConnectionString);
            Complete(trial);
            Build(trial).Dispose();
            return null;
        }
        catch (Exception wrong)
            when (wrong is ArgumentException or NotSupportedException or InvalidOperationException or FormatException or MySqlException)
        {
            return "has settings that MySqlConnector does not accept together, or an unknown value. Check them.";
        }
    }

    private static bool IsSocket(string server) => server.StartsWith('/') && !server.Contains('@', StringComparison.Ordinal);

    private static bool IsHost(string server) => HostNames.IsHost(server.Trim());

    /// <summary>Whether a text is a host with a port, of which the driver would make a name that no host has.</summary>
    private static bool HasPort(string server)
    {
        var host = server.Trim();
        var colon = host.LastIndexOf(':');
        return !HostNames.IsHost(host)
            && colon > 0
            && HostNames.IsHost(host[..colon])
            && ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
