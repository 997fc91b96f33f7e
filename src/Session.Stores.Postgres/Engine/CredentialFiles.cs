using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// The files that the driver reads for each new connection, by the setting that names them. Messages show the setting and never the path.
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

    /// <summary>Whether a certificate or a key is among them.</summary>
    public bool HasCertificates { get; }

    /// <summary>What is wrong with the first one that cannot be read, and what to do; <see langword="null"/> where all can be.</summary>
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
                var problem = error is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be read";
                return $"the file of '{setting}' {problem}. Check the path, that it is mounted, and who may read it.";
            }
        }

        return null;
    }

    private void Add(string setting, string? path, string variable)
    {
        // A setting of the name alone stands for the operating system's own certificates.
        if ((path ?? Environment.GetEnvironmentVariable(variable)) is { Length: > 0 } named && named != "system")
        {
            _files.Add((setting, named));
        }
    }
}
