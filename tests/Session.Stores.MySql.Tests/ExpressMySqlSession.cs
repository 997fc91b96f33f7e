using System.Data.Common;
using Dapper;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>express-mysql-session 3, as its statements: the texts here are its own.</summary>
internal sealed class ExpressMySqlSession(DbConnection connection) : NodePackage(connection)
{
    public const string CreateTable = """
        CREATE TABLE IF NOT EXISTS `sessions` (
          `session_id` varchar(128) COLLATE utf8mb4_bin NOT NULL,
          `expires` int(11) unsigned NOT NULL,
          `data` mediumtext COLLATE utf8mb4_bin,
          PRIMARY KEY (`session_id`)
        ) ENGINE=InnoDB
        """;

    public override Task SetAsync(string sid, string session, long expires) =>
        Connection.ExecuteAsync(
            "INSERT INTO `sessions` (`session_id`, `expires`, `data`) VALUES (@sid, @expires, @session) ON DUPLICATE KEY UPDATE `expires` "
                + "= VALUES(`expires`), `data` = VALUES(`data`)",
            new
            {
                sid,
                expires,
                session,
            }
        );

    /// <summary>The end is compared by Node after the read.</summary>
    public override async Task<string?> GetAsync(string sid, long now)
    {
        var row = await Connection.QuerySingleOrDefaultAsync<(string Data, uint Expires)?>(
            "SELECT `data` AS `data`, `expires` as `expires` FROM `sessions` WHERE `session_id` = @sid LIMIT 1",
            new { sid }
        );
        return row is { } found && found.Expires >= now ? found.Data : null;
    }

    public override async Task<bool> TouchAsync(string sid, long expires) =>
        await Connection.ExecuteAsync("UPDATE `sessions` SET `expires` = @expires WHERE `session_id` = @sid", new { expires, sid }) == 1;

    public override Task<int> PruneAsync(long now) =>
        Connection.ExecuteAsync("DELETE FROM `sessions` WHERE `expires` < @now", new { now });
}
