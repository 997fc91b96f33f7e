using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>A port that speaks TLS, and one that does not: TLS trouble is called so, and refused credentials are called that.</summary>
public sealed class TlsTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "localhost", "issuer is not trusted")]
    [InlineData(true, "localhost", "expired")]
    [InlineData(false, "elsewhere.example", "another host name")]
    public async Task A_certificate_that_is_not_accepted_is_named_and_the_password_is_not_blamed(bool isExpired, string name, string says)
    {
        using var certificate = isExpired ? TestCertificate.ExpiredFor(name) : TestCertificate.For(name);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, certificate);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var store = new MongoSessionStore(
            new MongoSessionStoreOptions
            {
                ConnectionString = $"mongodb://ada:very-secret@localhost:{port}/app?tls=true",
                OperationTimeout = TimeSpan.FromSeconds(5),
            }
        );
        foreach (
            var operation in new Func<Task>[] { async () => await store.OpenAsync(Cancel), async () => await store.LengthAsync(Cancel) }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(operation);
            output.WriteLine(error.Message);
            Assert.False(error.IsTransient);
            Assert.Contains("TLS could not be set up", error.Message, StringComparison.Ordinal);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("refused the user", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TLS_against_a_port_without_it_and_the_reverse_say_that_it_may_be_TLS()
    {
        await using var mongo = new TestMongo();
        using var certificate = TestCertificate.For("localhost");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, certificate);
        foreach (
            var text in new[]
            {
                $"mongodb://localhost:{mongo.Server.Port}/app?tls=true",
                $"mongodb://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/app",
            }
        )
        {
            await using var store = new MongoSessionStore(
                new MongoSessionStoreOptions { ConnectionString = text, OperationTimeout = TimeSpan.FromSeconds(5) }
            );
            var error = await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
            output.WriteLine(error.Message);
            Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
            Assert.Equal(("MongoDB", SessionStoreOperation.Open), (error.Backend, error.Operation));
        }
    }

    private static async Task ServeAsync(TcpListener listener, TestCertificate certificate)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        await using var stream = new SslStream(client.GetStream());
                        try
                        {
                            await stream.AuthenticateAsServerAsync(certificate.Server);
                            await stream.CopyToAsync(Stream.Null);
                        }
                        catch (Exception ended)
                            when (ended is IOException or System.Security.Authentication.AuthenticationException or SocketException)
                        {
                            // The client has gone.
                        }
                    }
                });
            }
        }
        catch (Exception ended) when (ended is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
