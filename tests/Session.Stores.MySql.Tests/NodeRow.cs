using Dapper;
using MySqlConnector;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>express-mysql-session 3, as its statements: the texts here are its own.</summary>
internal static class NodeRow
{
    public const string CreateTable = """
        CREATE TABLE IF NOT EXISTS `sessions` (
          `session_id` varchar(128) COLLATE utf8mb4_bin NOT NULL,
          `expires` int(11) unsigned NOT NULL,
          `data` mediumtext COLLATE utf8mb4_bin,
          PRIMARY KEY (`session_id`)
        ) ENGINE=InnoDB
        """;

    public static Task<int> SetAsync(this MySqlConnection node, string sid, string data, long expires) =>
        node.ExecuteAsync(
            "INSERT INTO `sessions` (`session_id`, `expires`, `data`) VALUES (@sid, @expires, @data) ON DUPLICATE KEY UPDATE `expires` = "
                + "VALUES(`expires`), `data` = VALUES(`data`)",
            new
            {
                sid,
                expires,
                data,
            }
        );

    /// <summary>The data of a row that has not ended: compared by Node after the read.</summary>
    public static async Task<string?> GetAsync(this MySqlConnection node, string sid, long now)
    {
        var row = await node.QuerySingleOrDefaultAsync<(string Data, uint Expires)?>(
            "SELECT `data` AS `data`, `expires` as `expires` FROM `sessions` WHERE `session_id` = @sid LIMIT 1",
            new { sid }
        );
        return row is { } found && found.Expires >= now ? found.Data : null;
    }

    public static Task<int> TouchAsync(this MySqlConnection node, string sid, long expires) =>
        node.ExecuteAsync("UPDATE `sessions` SET `expires` = @expires WHERE `session_id` = @sid", new { expires, sid });

    public static Task<int> PruneAsync(this MySqlConnection node, long now) =>
        node.ExecuteAsync("DELETE FROM `sessions` WHERE `expires` < @now", new { now });
}
