using MySqlConnector;

namespace ServerSessions.Stores.MySql.Connection;

/// <summary>The names for messages and logs. No user, no password.</summary>
/// <param name="Database">The database and its server.</param>
/// <param name="MaxPoolSize">The most connections of the driver's pool; 0 without one.</param>
internal sealed record MySqlTarget(string Database, int MaxPoolSize)
{
    public static MySqlTarget Of(MySqlDataSource source)
    {
        // The string of a data source has no password, and only the parts below are used.
        var settings = new MySqlConnectionStringBuilder(source.ConnectionString);
        var server = settings.Server.StartsWith('/') ? settings.Server : $"{settings.Server}:{settings.Port}";

        // Without a user the database name may be part of a password: mysql://app:12/secret
        var isPlain = settings.UserID.Length > 0
            && settings.Database.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
        return new MySqlTarget(
            isPlain ? $"'{settings.Database}' at {server}" : $"at {server}",
            settings.Pooling ? (int)settings.MaximumPoolSize : 0
        );
    }
}
