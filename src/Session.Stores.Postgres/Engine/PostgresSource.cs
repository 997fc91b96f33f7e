using Npgsql;

namespace Session.Stores.Postgres.Engine;

/// <summary>The data source that the store makes for itself.</summary>
internal static class PostgresSource
{
    /// <param name="options">With a connection string that <see cref="TryParse"/> accepts.</param>
    public static NpgsqlDataSource Create(PostgresSessionStoreOptions options)
    {
        if (!TryParse(options.ConnectionString, out var settings, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        // No statement here changes a connection, so there is nothing to reset (a statement more with each use, which a pooler hands to somebody else's session).
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        settings.ApplicationName ??= "Session.Stores.Postgres";

        // Nobody waits longer than that for a connection.
        var longest = (int)Math.Ceiling(options.OperationTimeout.TotalSeconds) + 1;
        var hosts = settings.Host!.Split(',').Length;
        if (hosts > 1)
        {
            // The driver's default takes any server, a replica as well; and "primary" one that was made read-only because another has taken over.
            settings.TargetSessionAttributes ??= "read-write";

            // Behind one that does not answer the others get their turn within the same call. The driver counts whole seconds, of each host.
            longest = Math.Max((int)options.OperationTimeout.TotalSeconds / hosts, 1);
        }

        settings.Timeout = Math.Min(settings.Timeout == 0 ? int.MaxValue : settings.Timeout, longest);

        // Built-in types only: no questions to the server about others.
        return new NpgsqlSlimDataSourceBuilder(settings.ConnectionString)
            .EnableTransportSecurity()
            .EnableIntegratedSecurity()
            .ConfigureTypeLoading(static types => types.EnableTypeLoading(false))
            .Build();
    }

    /// <summary>Takes a connection string of Npgsql or a URL apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="error">What is wrong with it, to follow "ConnectionString"; repeats nothing of it but names of settings.</param>
    public static bool TryParse(string? text, out NpgsqlConnectionStringBuilder settings, out string? error)
    {
        settings = new NpgsqlConnectionStringBuilder();
        error = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "is empty. Give a connection string such as 'Host=localhost;Database=app;Username=app;Password=…', or a URL 'postgres://app:…@localhost/app'.";
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
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or KeyNotFoundException or OverflowException or InvalidCastException)
        {
            // The driver's message may repeat what stands around the mistake.
            error = wrong is UrlFormatException ? wrong.Message : "is not a connection string of Npgsql. Check the names and values of its settings.";
            return false;
        }

        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            error = "names no server. Give Host.";
            return false;
        }

        if (settings.Multiplexing)
        {
            error = "sets Multiplexing, with which statements cannot be prepared or cancelled. Leave it out.";
            return false;
        }

        return true;
    }
}
