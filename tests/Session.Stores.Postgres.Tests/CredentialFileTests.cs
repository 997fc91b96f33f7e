using System.Security.Cryptography;
using Npgsql;
using ServerSessions.Testing;
using static ServerSessions.Stores.Postgres.Tests.OwnServer;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>
/// Certificates, keys and password files that are unmounted, empty or not to be read while the application runs, and TLS that fails.
/// </summary>
public sealed class CredentialFileTests(SharedPostgres shared, TlsPostgres tls) : IClassFixture<TlsPostgres>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Root Certificate", "server.pem")]
    [InlineData("SSL Certificate", "server.pem")]
    [InlineData("SSL Key", "server.key")]
    [InlineData("Passfile", "passfile")]
    public async Task A_file_that_is_unmounted_while_the_store_runs_is_named_as_what_it_is_by_every_call_and_its_path_is_not(
        string setting,
        string file
    )
    {
        var (server, certificate) = (tls.Server, tls.Certificate);
        var folder = Directory.CreateTempSubdirectory("very-secret-path-").FullName;
        try
        {
            var connectionString = await WithFilesAsync(server, certificate, folder);
            await using var store = Store(connectionString, Patience);
            await store.SetAsync("alice", Record(), Cancel);
            Assert.NotNull(await store.GetAsync("alice", Cancel));

            // The folder goes with it for one of them: another exception of the driver.
            if (setting == "Passfile")
            {
                Directory.Delete(Path.Combine(folder, "Passfile"), recursive: true);
            }
            else
            {
                File.Delete(Path.Combine(folder, setting.Replace(" ", "", StringComparison.Ordinal), file));
            }

            await EndConnectionsAsync(server);
            foreach (var (name, call) in Calls(store))
            {
                var error = await Xunit.Record.ExceptionAsync(call);
                var failure = Assert.IsType<SessionStoreException>(error);
                Assert.Equal("PostgreSQL", failure.Backend);
                Assert.Contains($"the file of '{setting}'", failure.Message, StringComparison.Ordinal);
                Assert.False(failure.IsTransient, name);
                Assert.DoesNotContain("very-secret-path", failure.ToString(), StringComparison.Ordinal);
            }

            await using var fresh = Store(connectionString, Patience);
            var opening = await Assert.ThrowsAsync<SessionStoreException>(async () => await fresh.OpenAsync(Cancel));
            Assert.Contains($"the file of '{setting}'", opening.Message, StringComparison.Ordinal);
            Assert.Equal(SessionStoreOperation.Open, opening.Operation);

            await WithFilesAsync(server, certificate, folder);
            Assert.NotNull(await store.GetAsync("alice", Cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Root Certificate", "")]
    [InlineData("SSL Certificate", "no certificate")]
    [InlineData("SSL Key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task A_file_that_holds_no_certificate_or_key_is_a_failure_of_the_store_that_says_so(string setting, string content)
    {
        var (server, certificate) = (tls.Server, tls.Certificate);
        var folder = Directory.CreateTempSubdirectory("very-secret-path-").FullName;
        try
        {
            var connectionString = await WithFilesAsync(server, certificate, folder);
            await File.WriteAllTextAsync(new NpgsqlConnectionStringBuilder(connectionString)[setting].ToString()!, content, Cancel);
            await using var store = Store(connectionString, Patience);
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
            Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("cannot be reached", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-path", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_or_for_another_host_or_over_is_TLS_trouble()
    {
        using var certificate = TestCertificate.For("db.example");
        using var expired = TestCertificate.ExpiredFor("127.0.0.1");
        using var other = TestCertificate.For("127.0.0.1");
        await using var server = await PostgresServer.StartWithTlsAsync(certificate);
        await using var late = await PostgresServer.StartWithTlsAsync(expired);
        foreach (
            var connectionString in new[]
            {
                server.ConnectionString + ";SSL Mode=VerifyFull",
                server.ConnectionString + $";SSL Mode=VerifyFull;Root Certificate={certificate.AuthorityFile}",
                server.ConnectionString + $";SSL Mode=VerifyCA;Root Certificate={other.AuthorityFile}",
                late.ConnectionString + $";SSL Mode=VerifyFull;Root Certificate={expired.AuthorityFile}",
            }
        )
        {
            await using var store = Store(connectionString, Patience);
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
            Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
            Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("cannot be reached", error.Message, StringComparison.Ordinal);
        }

        // What the page says of require, and of verify-ca with the right authority.
        await using var require = Store(late.ConnectionString + ";SSL Mode=Require", Patience);
        await require.OpenAsync(Cancel);
        await using var authority = Store(
            server.ConnectionString + $";SSL Mode=VerifyCA;Root Certificate={certificate.AuthorityFile}",
            Patience
        );
        await authority.OpenAsync(Cancel);
    }

    [Fact]
    public async Task A_server_without_TLS_and_one_that_takes_nothing_else_are_TLS_trouble()
    {
        await using var plain = await PostgresServer.StartAsync();
        await using var store = Store(plain.ConnectionString + ";SSL Mode=Require", Patience);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains("the server does not support TLS", error.Message, StringComparison.Ordinal);

        await using var strict = await PostgresServer.StartWithTlsAsync(tls.Certificate);
        await File.WriteAllTextAsync(
            Path.Combine(strict.Process.Folder, "pg_hba.conf"),
            "host postgres all all scram-sha-256\nhostssl all all all scram-sha-256\n",
            Cancel
        );
        await strict.Process.StopAsync();
        await strict.Process.StartAgainAsync(Cancel);
        await using var unencrypted = Store(strict.ConnectionString + ";Database=app;SSL Mode=Disable", Patience);
        var refused = await Assert.ThrowsAsync<SessionStoreException>(async () => await unencrypted.OpenAsync(Cancel));
        Assert.Contains("without TLS", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(ArgumentException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(CryptographicException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(DirectoryNotFoundException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(KeyNotFoundException))]
    public async Task Whatever_a_data_source_throws_every_call_fails_with_the_stores_own_error(Type type)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var builder = new NpgsqlDataSourceBuilder(database.ConnectionString);
        var fails = false;
        builder.UsePhysicalConnectionInitializer(
            static _ => { },
            _ => fails ? Task.FromException((Exception)Activator.CreateInstance(type, "very-secret-detail")!) : Task.CompletedTask
        );
        await using var source = builder.Build();
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = Patience }
        );
        await store.OpenAsync(Cancel);
        fails = true;
        source.Clear();
        await AssertFailsAsync(store);
        await using var fresh = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = Patience }
        );
        await AssertFailsAsync(fresh);
        fails = false;
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_data_source_that_the_application_has_disposed_is_a_failure_and_not_the_disposal_of_the_store()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = Patience }
        );
        await store.OpenAsync(Cancel);
        await source.DisposeAsync();
        await AssertFailsAsync(store, "the data source was disposed");
    }

    private static async Task AssertFailsAsync(PostgresSessionStore store, string says = "")
    {
        foreach (var (name, call) in Calls(store).Append(("open", async () => await store.OpenAsync(Cancel))))
        {
            if (name == "open" && says.Length > 0)
            {
                continue;
            }

            var error = await Xunit.Record.ExceptionAsync(call);
            if (name == "open" && error is null)
            {
                // It was opened before.
                continue;
            }

            var failure = Assert.IsType<SessionStoreException>(error, exactMatch: false);
            Assert.Equal("PostgreSQL", failure.Backend);
            Assert.DoesNotContain("very-secret-detail", failure.ToString(), StringComparison.Ordinal);
            Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string Name, Func<Task> Call)> Calls(PostgresSessionStore store) =>
        [
            ("get", async () => await store.GetAsync("alice", Cancel)),
            ("set", async () => await store.SetAsync("alice", Record(), Cancel)),
            ("touch", async () => await store.TouchAsync("alice", Record(), Cancel)),
            ("try set", async () => await store.TrySetAsync("alice", Record(), null, Cancel)),
            ("get and touch", async () => await store.GetAndTouchAsync("alice", default, Cancel)),
            ("destroy", async () => await store.DestroyAsync("alice", Cancel)),
            ("all", async () => await store.AllAsync(Cancel).ToListAsync(Cancel)),
            ("length", async () => await store.LengthAsync(Cancel)),
            ("prune", async () => await store.PruneAsync(10, Cancel)),
            ("clear", async () => await store.ClearAsync(Cancel)),
        ];

    private static Task<object?> EndConnectionsAsync(PostgresServer server) =>
        server.ScalarAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'Session.Stores.Postgres'"
        );

    /// <summary>A connection string in which every credential is a file in the folder, and the files.</summary>
    private static async Task<string> WithFilesAsync(PostgresServer server, TestCertificate certificate, string folder)
    {
        string At(string setting, string file) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, setting)).FullName, file);
        File.Copy(certificate.AuthorityFile, At("RootCertificate", "server.pem"), overwrite: true);
        File.Copy(certificate.CertificateFile, At("SSLCertificate", "server.pem"), overwrite: true);
        File.Copy(certificate.KeyFile, At("SSLKey", "server.key"), overwrite: true);
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        await File.WriteAllTextAsync(At("Passfile", "passfile"), $"*:*:*:*:{settings.Password}\n", Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At("Passfile", "passfile"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        settings.Remove("Password");
        settings.SslMode = SslMode.VerifyFull;
        settings.RootCertificate = At("RootCertificate", "server.pem");
        settings.SslCertificate = At("SSLCertificate", "server.pem");
        settings.SslKey = At("SSLKey", "server.key");
        settings.Passfile = At("Passfile", "passfile");
        return settings.ConnectionString;
    }
}

/// <summary>A server with a certificate for its address.</summary>
public sealed class TlsPostgres : IAsyncLifetime
{
    public TestCertificate Certificate { get; } = TestCertificate.For("127.0.0.1");

    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.StartWithTlsAsync(Certificate);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Certificate.Dispose();
    }
}
