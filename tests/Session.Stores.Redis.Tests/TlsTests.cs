using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>A server with a port for TLS and one without. TLS trouble is called so, and a wrong password is called that.</summary>
public sealed class TlsTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_whose_issuer_is_not_trusted_is_named_and_the_password_is_not_blamed()
    {
        await using var server = await StartAsync(TestCertificate.For("localhost"));
        await AssertTroubleAsync($"rediss://:right@localhost:{server.TlsPort}", "issuer is not trusted");
        await AssertTroubleAsync($"localhost:{server.TlsPort},ssl=true,password=right", "issuer is not trusted");
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_named()
    {
        await using var server = await StartAsync(TestCertificate.ExpiredFor("localhost"));
        await AssertTroubleAsync($"rediss://:right@localhost:{server.TlsPort}", "expired");
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_named_even_if_its_issuer_is_trusted()
    {
        await using var server = await StartAsync(TestCertificate.For("elsewhere.example"));
        await AssertTroubleAsync($"rediss://:right@localhost:{server.TlsPort}", "another host name");

        var options = ConfigurationOptions.Parse($"localhost:{server.TlsPort},ssl=true,password=right,abortConnect=false");
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.TrustIssuer(server.Certificate.AuthorityFile);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        await AssertTroubleAsync(new RedisSessionStoreOptions { Multiplexer = multiplexer }, "TLS could not be set up");
    }

    [Fact]
    public async Task With_a_trusted_certificate_sessions_are_kept_over_TLS_and_a_wrong_password_is_called_a_wrong_password()
    {
        await using var server = await StartAsync(TestCertificate.For("localhost"));
        foreach (var (password, works) in new[] { ("right", true), ("very-wrong", false) })
        {
            var options = ConfigurationOptions.Parse($"localhost:{server.TlsPort},ssl=true,password={password},abortConnect=false");
            options.BacklogPolicy = BacklogPolicy.FailFast;
            options.TrustIssuer(server.Certificate.AuthorityFile);
            await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
            await using var store = new RedisSessionStore(
                new RedisSessionStoreOptions { Multiplexer = multiplexer, OperationTimeout = TimeSpan.FromSeconds(30) }
            );
            if (works)
            {
                await store.SetAsync("a", new SessionRecord(TestRedis.Payload("a"), null), Cancel);
                Assert.NotNull(await store.GetAsync("a", Cancel));
            }
            else
            {
                var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
                Assert.Contains("user or password were refused", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("TLS", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task TLS_against_a_port_without_it_and_the_reverse_say_that_it_may_be_TLS()
    {
        await using var server = await StartAsync(TestCertificate.For("localhost"));
        var silent = await FailAsync<SessionStoreUnavailableException>(
            Options($"rediss://:right@localhost:{server.PlainPort}", TimeSpan.FromSeconds(2))
        );
        Assert.Contains("does not speak TLS on this port", silent.Message, StringComparison.Ordinal);

        // Longer than the driver's own patience for a connection, so that it is the one that speaks.
        silent = await FailAsync<SessionStoreUnavailableException>(
            Options($"localhost:{server.PlainPort},ssl=true,password=right,connectTimeout=500", TimeSpan.FromSeconds(20))
        );
        Assert.Contains("does not speak TLS on this port", silent.Message, StringComparison.Ordinal);
        foreach (var text in new[] { $"redis://:right@localhost:{server.TlsPort}", $"localhost:{server.TlsPort},password=right" })
        {
            var closed = await FailAsync<SessionStoreUnavailableException>(Options(text, TimeSpan.FromSeconds(20)));
            Assert.Contains("speaks only TLS on this port", closed.Message, StringComparison.Ordinal);
        }
    }

    private static RedisSessionStoreOptions Options(string connectionString, TimeSpan timeout) =>
        new() { ConnectionString = connectionString, OperationTimeout = timeout };

    private Task AssertTroubleAsync(string connectionString, string says) =>
        AssertTroubleAsync(Options(connectionString, TimeSpan.FromSeconds(30)), says);

    private async Task AssertTroubleAsync(RedisSessionStoreOptions options, string says)
    {
        var error = await FailAsync<SessionStoreException>(options);
        Assert.False(error.IsTransient);
        Assert.Contains("TLS could not be set up", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("were refused", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Opens a store, and has it read and list: each fails, for the same reason.</summary>
    private async Task<TError> FailAsync<TError>(RedisSessionStoreOptions options)
        where TError : SessionStoreException
    {
        await using var store = new RedisSessionStore(options);
        var error = await Assert.ThrowsAsync<TError>(async () => await store.OpenAsync(Cancel));
        output.WriteLine(error.Message);
        Assert.Equal(("Redis", SessionStoreOperation.Open), (error.Backend, error.Operation));
        var reading = await Assert.ThrowsAsync<TError>(async () => await store.GetAsync("a", Cancel));
        Assert.Equal(("Redis", SessionStoreOperation.Get), (reading.Backend, reading.Operation));
        var listing = await Assert.ThrowsAsync<TError>(async () => await store.LengthAsync(Cancel));
        Assert.Equal(("Redis", SessionStoreOperation.Length), (listing.Backend, listing.Operation));
        return error;
    }

    private static async Task<TlsServer> StartAsync(TestCertificate certificate)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        try
        {
            return new TlsServer(
                await RedisServer.StartAsync(
                    "--requirepass",
                    "right",
                    "--tls-port",
                    port.ToString(CultureInfo.InvariantCulture),
                    "--tls-auth-clients",
                    "no",
                    "--tls-cert-file",
                    certificate.CertificateFile,
                    "--tls-key-file",
                    certificate.KeyFile,
                    "--tls-ca-cert-file",
                    certificate.AuthorityFile
                ),
                port,
                certificate
            );
        }
        catch (InvalidOperationException error) when (error.Message.Contains("tls-port", StringComparison.Ordinal))
        {
            certificate.Dispose();
            Assert.Skip("This redis-server was built without TLS.");
            throw;
        }
    }

    private sealed record TlsServer(RedisServer Redis, int TlsPort, TestCertificate Certificate) : IAsyncDisposable
    {
        public int PlainPort => Redis.Process.Port;

        public async ValueTask DisposeAsync()
        {
            await Redis.DisposeAsync();
            Certificate.Dispose();
        }
    }
}
