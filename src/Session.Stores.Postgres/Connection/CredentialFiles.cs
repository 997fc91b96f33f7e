using Npgsql;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// The files that the driver reads for each new connection, with their settings. Messages show the setting and never the path.
/// </summary>
internal sealed class CredentialFiles
{
    private readonly List<(string Setting, string Path)> _files = [];

    public CredentialFiles(NpgsqlConnectionStringBuilder settings)
    {
        Add("Root Certificate", settings.RootCertificate, "PGSSLROOTCERT");
        Add("SSL Certificate", settings.SslCertificate, "PGSSLCERT");
        Add("SSL Key", settings.SslKey, "PGSSLKEY");
        HasCertificates = _files.Count > 0;
        Add("Passfile", settings.Passfile, "PGPASSFILE");
    }

    /// <summary>Whether there is a certificate or a key.</summary>
    public bool HasCertificates { get; }

    /// <summary>Returns why a file cannot be read and what to do; <see langword="null"/> if all can be read.</summary>
    public string? Unreadable()
    {
        foreach (var (setting, path) in _files)
        {
            try
            {
                using var file = File.OpenRead(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                var problem = error is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read";
                return $"the file of '{setting}' {problem}. Check the path, that the file is mounted, and that the process may read it.";
            }
        }

        return null;
    }

    private void Add(string setting, string? path, string variable)
    {
        // "system" is not a file but the operating system's certificates.
        if ((path ?? Environment.GetEnvironmentVariable(variable)) is { Length: > 0 } named && named != "system")
        {
            _files.Add((setting, named));
        }
    }
}
