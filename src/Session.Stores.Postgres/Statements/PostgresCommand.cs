using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres.Statements;

/// <summary>Builds a statement with parameters in the order of <c>$1, $2 …</c>. All types are explicit, so the server infers
/// none.</summary>
internal static class PostgresCommand
{
    public static NpgsqlCommand Create(DbConnection connection, string sql) => (NpgsqlCommand)RelationalCommand.Create(connection, sql);

    public static NpgsqlCommand Text(this NpgsqlCommand command, string text) => command.Add(text, NpgsqlDbType.Text);

    public static NpgsqlCommand Instant(this NpgsqlCommand command, long microseconds) =>
        command.Add(microseconds, NpgsqlDbType.TimestampTz);

    public static NpgsqlCommand Integer(this NpgsqlCommand command, int number) => command.Add(number, NpgsqlDbType.Integer);

    /// <summary>Adds a payload as text, without a conversion to UTF-16.</summary>
    public static NpgsqlCommand Utf8(this NpgsqlCommand command, ReadOnlyMemory<byte> text) => command.Add(text, NpgsqlDbType.Text);

    public static NpgsqlCommand Bytes(this NpgsqlCommand command, byte[] bytes) => command.Add(bytes, NpgsqlDbType.Bytea);

    public static NpgsqlCommand NullText(this NpgsqlCommand command)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    private static NpgsqlCommand Add<T>(this NpgsqlCommand command, T value, NpgsqlDbType type)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return command;
    }
}
