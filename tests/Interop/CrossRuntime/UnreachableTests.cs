using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// A server that is not there, or takes a connection and says nothing: every store's first call fails within its own two seconds, with
/// options by default.
/// </summary>
public sealed class UnreachableTests(ITestOutputHelper output)
{
    // The drivers' own patience is 5 s and more; two seconds are the stores', and what is above them is the machine's.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2) + TimeSpan.FromSeconds(3);

    public static IEnumerable<TheoryDataRow<string, bool>> Rows() =>
        from backend in (string[])["Redis", "PostgreSQL", "MySQL", "MongoDB"]
        from isSilent in (bool[])[true, false]
        select new TheoryDataRow<string, bool>(backend, isSilent);

    [Theory, MemberData(nameof(Rows))]
    public async Task The_first_call_is_a_clear_error_in_time_and_names_no_session(string backend, bool isSilent)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (isSilent)
        {
            // The kernel takes the connections, and no one reads from them.
            listener.Listen(100);
        }

        var port = ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var store = Make(backend, port);
        var record = new SessionRecord("""{"cookie":{},"a":"very-secret-payload"}"""u8, null);
        foreach (
            var call in (Func<Task>[])
                [
                    async () => await store.GetAsync("very-secret-id"),
                    async () => await store.SetAsync("very-secret-id", record),
                    async () => await store.DestroyAsync("very-secret-id"),
                ]
        )
        {
            var time = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
            output.WriteLine($"{time.ElapsedMilliseconds} ms: {error.Message}");
            Assert.InRange(time.Elapsed, TimeSpan.Zero, Limit);
            Assert.Contains(port, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }

        await ((IAsyncDisposable)store).DisposeAsync();
    }

    private static ISessionStore Make(string backend, string port) =>
        backend switch
        {
            "Redis" => new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = $"redis://127.0.0.1:{port}" }),
            "PostgreSQL" => new PostgresSessionStore(
                new PostgresSessionStoreOptions
                {
                    ConnectionString = $"Host=127.0.0.1;Port={port};Username=app;Password=very-secret;Database=app",
                }
            ),
            "MySQL" => new MySqlSessionStore(
                new MySqlSessionStoreOptions
                {
                    ConnectionString = $"Server=127.0.0.1;Port={port};User ID=app;Password=very-secret;Database=app",
                }
            ),
            _ => new MongoSessionStore(new MongoSessionStoreOptions { ConnectionString = $"mongodb://127.0.0.1:{port}/app" }),
        };
}
