using System.Data.Common;

namespace ServerSessions.Stores.Relational;

/// <summary>Creates the commands of a relational store.</summary>
public static class RelationalCommand
{
    /// <summary>
    /// Creates a command without a timeout of its own. The store has one for the whole call, and a driver's would block a thread while it
    /// asks the server to cancel.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">The statement of a dialect: every value in it is a parameter, and every name is quoted.</param>
    /// <returns>The command, which the caller disposes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    public static DbCommand Create(DbConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only statements of a dialect: see the parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 0;
        return command;
    }
}
