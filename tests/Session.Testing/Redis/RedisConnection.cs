using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ServerSessions.Testing;

/// <summary>
/// A connection in Redis's protocol (RESP 2), for setting a server up. It is no client: it connects at once to a server that is just
/// starting, keeps nothing, and reports what one node said, where a real client waits, retries and follows the cluster.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    // One byte, one character: lengths count bytes.
    private static readonly Encoding Bytes = Encoding.Latin1;

    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private RedisConnection(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Bytes);
    }

    public static async Task<RedisConnection> OpenAsync(
        string host,
        int port,
        string? user,
        string? password,
        CancellationToken cancellationToken = default
    )
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            var connection = new RedisConnection(client);
            if (password is not null)
            {
                await connection.RunAsync(user is null ? ["AUTH", password] : ["AUTH", user, password], cancellationToken);
            }

            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The reply as text, an array's elements one a line; an error reply is an <see cref="InvalidOperationException"/>.
    /// </summary>
    public Task<string> RunAsync(params string[] words) => RunAsync(words, CancellationToken.None);

    /// <inheritdoc cref="RunAsync(string[])"/>
    public async Task<string> RunAsync(string[] words, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words.Select(static word => Bytes.GetString(Encoding.UTF8.GetBytes(word))))
        {
            text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        }

        await _client.GetStream().WriteAsync(Bytes.GetBytes(text.ToString()), cancellationToken);
        return Encoding.UTF8.GetString(Bytes.GetBytes(await ReadAsync(cancellationToken)));
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await _reader.ReadLineAsync(cancellationToken) is { Length: > 0 } read
            ? read
            : throw new IOException("Redis closed the connection.");
        var rest = line[1..];
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException($"Redis said: {rest}");
            case '$' when rest != "-1":
                var value = new char[int.Parse(rest, CultureInfo.InvariantCulture)];
                await _reader.ReadBlockAsync(value, cancellationToken);
                await _reader.ReadLineAsync(cancellationToken);
                return new string(value);
            case '*' when rest != "-1":
                var elements = new string[int.Parse(rest, CultureInfo.InvariantCulture)];
                for (var i = 0; i < elements.Length; i++)
                {
                    elements[i] = await ReadAsync(cancellationToken);
                }

                return string.Join('\n', elements);
            case '$' or '*':
                return "";
            default:
                return rest;
        }
    }
}
