using System.Data.Common;
using System.Globalization;
using MySqlConnector;
using ServerSessions.Stores.MySql.Schema;
using ServerSessions.Stores.MySql.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql;

/// <content>What the server tells an operator.</content>
public sealed partial class MySqlSessionStore
{
    private const string Facts = "SELECT @@version, @@global.read_only, UNIX_TIMESTAMP(NOW(6)), @@global.innodb_flush_log_at_trx_commit";

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<StoreCheck>> ExamineAsync(
        RelationalTable table,
        DbConnection connection,
        CancellationToken stopping
    )
    {
        var layout = ((MySqlTable)table).Layout;
        var name = MySqlIdentifier.Quote(layout.Table);
        var checks = new List<StoreCheck>
        {
            StoreCheck.Passed(
                StoreCheckGroup.Shape,
                "table",
                $"{layout.Table} in the format {(layout.IsBinary ? "Binary" : "express-mysql-session")}"
            ),
            StoreChecks.ExpiryIndex(layout.HasExpiresIndex, $"ALTER TABLE {name} ADD INDEX (expires);"),
            await ExpiredAsync(table, connection, stopping).ConfigureAwait(false),
        };
        using var command = RelationalCommand.Create(connection, Facts);
        try
        {
            var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            await reader.ReadAsync(stopping).ConfigureAwait(false);
            checks.AddRange(Server(reader));
        }
        catch (MySqlException error) when (MySqlErrors.IsDenied(error))
        {
            checks.Add(
                StoreCheck.Unknown(
                    StoreCheckGroup.Safety,
                    "server settings",
                    "not shown to this user",
                    "Run 'session doctor' as another user."
                )
            );
        }

        return checks;
    }

    private IEnumerable<StoreCheck> Server(DbDataReader reader)
    {
        var flush = Convert.ToString(reader.GetValue(3), CultureInfo.InvariantCulture);
        var seconds = Convert.ToDouble(reader.GetValue(2), CultureInfo.InvariantCulture);
        yield return StoreCheck.Passed(StoreCheckGroup.Reach, "server", $"version {reader.GetString(0)}");
        yield return IsOn(reader.GetValue(1))
            ? StoreCheck.Failed(
                StoreCheckGroup.Rights,
                "primary",
                "read_only is on",
                "a primary that takes writes",
                "Name the primary in the URL. On a primary, set read_only to OFF."
            )
            : StoreCheck.Passed(StoreCheckGroup.Rights, "primary", "takes writes");
        yield return StoreChecks.Clock(DateTimeOffset.UnixEpoch.AddSeconds(seconds), Clock.Now);
        yield return StoreCheck.Of(
            flush == "1",
            StoreCheckGroup.Safety,
            "durability",
            $"innodb_flush_log_at_trx_commit {flush}",
            "innodb_flush_log_at_trx_commit 1",
            "A crash of the machine loses the last second of acknowledged sign-outs. Set it to 1."
        );
    }

    // MySQL 8.4 and MariaDB 12 return words, older servers a number.
    private static bool IsOn(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) is not ("0" or "OFF" or "False");
}
