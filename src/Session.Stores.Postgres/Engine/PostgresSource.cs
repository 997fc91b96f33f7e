using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>The data source that the store makes for itself.</summary>
internal static class PostgresSource
{
    private const string DefaultName = "Session.Stores.Postgres";
    private const string Multiplexes = "sets Multiplexing, with which statements cannot be prepared or cancelled. Leave it out.";

    /// <param name="options">With a connection string that <see cref="TryParse"/> accepts.</param>
    public static NpgsqlDataSource Create(PostgresSessionStoreOptions options)
    {
        if (!TryParse(options.ConnectionString, out var settings, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        // No statement here changes a connection, so there is nothing to reset (a statement more with each use, which a pooler hands to
        // somebody else's session).
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        settings.ApplicationName ??= DefaultName;

        // Payloads are taken from the wire as they are, and JSON is UTF-8.
        settings.ClientEncoding = settings.Encoding = "UTF8";

        // Nobody waits longer than that for a connection.
        var longest = (int)Math.Ceiling(options.OperationTimeout.TotalSeconds) + 1;
        var hosts = settings.Host!.Split(',').Length;
        if (hosts > 1)
        {
            // The driver's default takes any server, a replica as well; and "primary" one that was made read-only because another has taken
            // over.
            settings.TargetSessionAttributes ??= "read-write";

            // Behind one that does not answer the others get their turn within the same call. The driver counts whole seconds, of each
            // host.
            longest = Math.Max((int)options.OperationTimeout.TotalSeconds / hosts, 1);
        }

        KeepToOneHost(settings);
        settings.Timeout = Math.Min(settings.Timeout == 0 ? int.MaxValue : settings.Timeout, longest);
        return Build(settings);
    }

    /// <summary>Takes a connection string of Npgsql or a URL apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="error">What is wrong with it, to follow "ConnectionString"; repeats nothing of it but names of settings.</param>
    public static bool TryParse(string? text, out NpgsqlConnectionStringBuilder settings, out string? error)
    {
        settings = new NpgsqlConnectionStringBuilder();
        error = null;

        // A secret that was mounted as a file often ends with a line break. It would be a part of the database's name.
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
            // The driver's message may repeat what stands around the mistake.
            error =
                wrong is UrlFormatException
                    ? wrong.Message
                    : "is not a connection string of Npgsql. Check the names and values of its settings.";
            return false;
        }

        error = WhyUnusable(settings) ?? WhyRefused(settings);
        return error is null;
    }

    /// <summary>What is wrong with settings that the driver accepts.</summary>
    private static string? WhyUnusable(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            return "names no server. Give Host.";
        }

        if (!HostNames.AreValid(settings.Host))
        {
            return "has a Host that is no name, address or socket. Give names with commas between, each with its port after a colon if "
                + "need be. A password in a URL has its '@', ':', '/', '?' and '#' "
                + "percent-encoded, one in a connection string stands in quotes.";
        }

        if (settings.Multiplexing)
        {
            return Multiplexes;
        }

        return
            settings.Host.Contains(',', StringComparison.Ordinal)
            || settings.TargetSessionAttributes?.ToLowerInvariant() is not ("standby" or "read-only")
            ? null
            : "asks for a server that takes no writes (Target Session Attributes). Sessions are written.";
    }

    /// <summary>What is wrong with a data source of the application, whose settings the store cannot change.</summary>
    public static string? WhyUnusableAsGiven(NpgsqlDataSource source)
    {
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        if (settings.Multiplexing)
        {
            return Multiplexes;
        }

        return settings.ClientEncoding?.ToUpperInvariant() is null or "UTF8" or "UTF-8" or "UNICODE"
            ? null
            : "sets another Client Encoding than UTF8, in which sessions are kept. Leave it out.";
    }

    /// <summary>Settings that contradict each other are found when the driver makes a data source, which connects nothing.</summary>
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
            return "has settings that Npgsql does not take together, or a value that it does not know. Check them.";
        }
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings) =>
        // Built-in types only: no questions to the server about others. By default the name, which the driver's metrics and activities
        // have, is the connection string without its Password, and with SSL Password and Options.
        new NpgsqlSlimDataSourceBuilder(settings.ConnectionString) { Name = settings.ApplicationName ?? DefaultName }
            .EnableTransportSecurity()
            .EnableIntegratedSecurity()
            .ConfigureTypeLoading(static types => types.EnableTypeLoading(false))
            .Build();

    /// <summary>
    /// The driver asks servers for their role where it chooses among several, and refuses to of one. A server that takes no writes is an
    /// error of the first write, and of each until it is one that does. Set, and not left out, since the variable PGTARGETSESSIONATTRS
    /// counts then.
    /// </summary>
    private static void KeepToOneHost(NpgsqlConnectionStringBuilder settings)
    {
        if (!settings.Host!.Contains(',', StringComparison.Ordinal))
        {
            settings.TargetSessionAttributes = "any";
        }
    }
}
