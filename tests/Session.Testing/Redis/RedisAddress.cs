using System.Globalization;

namespace ServerSessions.Testing;

/// <summary>A server that was named by a <c>redis://</c> URL.</summary>
internal sealed record RedisAddress(string Host, int Port, string? User, string? Password, int Database)
{
    private const int DefaultPort = 6379;

    public string ConnectionString =>
        $"{Host}:{Port},defaultDatabase={Database}"
        + (User is null ? "" : $",user={User}")
        + (Password is null ? "" : $",password={Password}");

    public static RedisAddress Parse(Uri url)
    {
        if (url.Scheme != "redis")
        {
            throw new ArgumentException("SESSION_TEST_REDIS must be a redis:// URL.", nameof(url));
        }

        var parts = url.UserInfo.Split(':', 2);
        var database = url.AbsolutePath.Trim('/');
        return new RedisAddress(
            url.Host,
            url.Port < 0 ? DefaultPort : url.Port,
            parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null,
            parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null,
            database.Length > 0 ? int.Parse(database, CultureInfo.InvariantCulture) : 0
        );
    }

    /// <summary>Removes every key of the place, in its database.</summary>
    public async ValueTask RemoveAsync(RedisPlace place)
    {
        await using var connection = await RedisConnection.OpenAsync(Host, Port, User, Password);
        await connection.RunAsync("SELECT", Database.ToString(CultureInfo.InvariantCulture));
        var cursor = "0";
        do
        {
            var answer = (await connection.RunAsync("SCAN", cursor, "MATCH", place.KeyPrefix + "*", "COUNT", "1000")).Split('\n');
            cursor = answer[0];
            foreach (var key in answer[1..].Where(static key => key.Length > 0))
            {
                await connection.RunAsync("DEL", key);
            }
        } while (cursor != "0");
    }
}
