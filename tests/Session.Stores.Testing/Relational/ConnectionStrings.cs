using System.Data.Common;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>Connection strings of any driver.</summary>
public static class ConnectionStrings
{
    /// <summary>The string with one setting changed.</summary>
    /// <param name="connectionString">The string, with the driver's own names of settings.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="value">Its value; null: without the setting.</param>
    public static string With(string connectionString, string setting, object? value)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString };
        settings.Remove(setting);
        if (value is not null)
        {
            settings.Add(setting, value);
        }

        return settings.ConnectionString;
    }
}
