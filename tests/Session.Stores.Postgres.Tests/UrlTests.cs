using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class UrlTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "postgres://app:p%40ss%3A%2F%25%20+@db.example:6543/my%20app",
        "Host=db.example;Port=6543;Username=app;Password=p@ss:/% +;Database=my app"
    )]
    [InlineData("postgresql://db/app", "Host=db;Database=app")]
    [InlineData("POSTGRES://app@db", "Host=db;Username=app")]
    [InlineData("postgres:///app", "Host=localhost;Database=app")]
    [InlineData("postgres://", "Host=localhost")]
    [InlineData("postgres://[::1]:5433/app", "Host=::1;Port=5433;Database=app")]
    [InlineData("postgres://[fe80::1]/app", "Host=fe80::1;Database=app")]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/app", "Host=/var/run/postgresql;Database=app")]
    [InlineData("postgres:///app?host=%2Fvar%2Frun%2Fpostgresql&user=me", "Host=/var/run/postgresql;Database=app;Username=me")]
    [InlineData("postgres://a:b@c@db/app", "Host=db;Username=a;Password=b@c;Database=app")]
    [InlineData("postgres://db1:5432,db2:5433/app", "Host=db1:5432,db2:5433;Database=app")]
    [InlineData("postgres://db1,db2/app?target_session_attrs=any", "Host=db1,db2;Database=app;Target Session Attributes=any")]
    [InlineData(
        "postgres://db/app?sslmode=verify-full&sslrootcert=%2Fca.pem",
        "Host=db;Database=app;SSL Mode=VerifyFull;Root Certificate=/ca.pem"
    )]
    [InlineData("postgres://db/app?sslmode=no-verify", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db/app?sslmode=Require", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db/app?sslmode=VerifyFull&sslrootcert=system", "Host=db;Database=app;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/app?SSLMODE=VerifyCA&pool_min_conns=2&pool_max_conn_lifetime=1h", "Host=db;Database=app;SSL Mode=VerifyCA")]
    [InlineData(
        "postgres://db/app?application_name=shop&connect_timeout=1&Maximum%20Pool%20Size=7",
        "Host=db;Database=app;Application Name=shop;Timeout=1;Maximum Pool Size=7"
    )]
    [InlineData("postgres://db/app?options=-c%20statement_timeout%3D5s", "Host=db;Database=app;Options=-c statement_timeout=5s")]
    [InlineData("postgres://db/app?ssl=true", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db/app?ssl=true&sslmode=verify-full", "Host=db;Database=app;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/app\n", "Host=db;Database=app")]
    [InlineData("postgres://db/app?sslmode=verify-full\r\n", "Host=db;Database=app;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/app?ssl=0", "Host=db;Database=app;SSL Mode=Disable")]
    [InlineData("postgres://db/app?requiressl=1", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db/app?sslrootcert=system", "Host=db;Database=app;SSL Mode=VerifyFull")]
    [InlineData(
        "postgres://db/app?sslcert=c.pem&sslkey=k.pem&sslpassword=p",
        "Host=db;Database=app;SSL Certificate=c.pem;SSL Key=k.pem;SSL Password=p"
    )]
    [InlineData("postgres://db/app?sslcertmode=disable&sslcert=c.pem&sslkey=k.pem", "Host=db;Database=app")]
    [InlineData(
        "postgres://db/app?sslcertmode=allow&sslnegotiation=direct&sslmode=require",
        "Host=db;Database=app;SSL Mode=Require;SSL Negotiation=Direct"
    )]
    [InlineData(
        "postgres://db/app?ssl_min_protocol_version=TLSv1.2&ssl_max_protocol_version=TLSv1.3&sslsni=1&sslcompression=0&sslkeylogfile=f",
        "Host=db;Database=app"
    )]
    [InlineData("postgres://db/app?keepalives=1", "Host=db;Database=app;Tcp Keepalive=true")]
    [InlineData("postgres://db/app?keepalives=0&keepalives_idle=30&keepalives_interval=10&keepalives_count=3", "Host=db;Database=app")]
    [InlineData(
        "postgres://db/app?keepalives_idle=30&keepalives_interval=10",
        "Host=db;Database=app;Tcp Keepalive Time=30;Tcp Keepalive Interval=10"
    )]
    [InlineData("postgres://db/app?keepalives_interval=10&keepalives_idle=0&tcp_user_timeout=1000", "Host=db;Database=app")]
    [InlineData(
        "postgres://db/app?gssencmode=disable&krbsrvname=pg&gsslib=gssapi&gssdelegation=0",
        "Host=db;Database=app;GSS Encryption Mode=Disable;Kerberos Service Name=pg"
    )]
    [InlineData(
        "postgres://db/app?require_auth=scram-sha-256&channel_binding=require",
        "Host=db;Database=app;Require Auth=ScramSHA256;Channel Binding=Require"
    )]
    [InlineData("postgres://db/app?target_session_attrs=read-write", "Host=db;Database=app;Target Session Attributes=read-write")]
    [InlineData("postgres://db/app?requirepeer=postgres&replication=false&client_encoding=auto", "Host=db;Database=app")]
    [InlineData("postgres:///app?hostaddr=10.0.0.1&port=5433", "Host=10.0.0.1;Port=5433;Database=app")]
    [InlineData(
        "postgres:///app?host=db1,db2&port=5432,5433&load_balance_hosts=random",
        "Host=db1:5432,db2:5433;Database=app;Load Balance Hosts=true"
    )]
    [InlineData("postgres://db?dbname=app&user=me&password=p&passfile=f", "Host=db;Database=app;Username=me;Password=p;Passfile=f")]
    [InlineData("postgres://db/app?fallback_application_name=psql&application_name=shop", "Host=db;Database=app;Application Name=shop")]
    [InlineData("postgres://db/app?fallback_application_name=psql", "Host=db;Database=app;Application Name=psql")]
    [InlineData(
        "postgres://db/app?connect_timeout=-1&min_protocol_version=3.0&max_protocol_version=latest",
        "Host=db;Database=app;Timeout=0"
    )]
    [InlineData(
        "postgres://db/app?schema=public&pgbouncer=true&connection_limit=1&pool_timeout=0&socket_timeout=3&sslaccept=accept_invalid_certs",
        "Host=db;Database=app"
    )]
    [InlineData(
        "postgres://db/app?sslmode=require&supa=base-pooler.x&workaround=supabase-pooler.vercel&uselibpqcompat=true",
        "Host=db;Database=app;SSL Mode=Require"
    )]
    [InlineData("postgres://db/app?pool=5&prepared_statements=false&encoding=unicode&statement_timeout=1000", "Host=db;Database=app")]
    public void A_url_says_what_its_connection_string_says(string url, string connectionString) =>
        Assert.Equal(Settings(connectionString), Settings(PostgresSessionStoreUrl.ToConnectionString(url)));

    [Theory]
    [InlineData("postgres://u:very-secret@h:port/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret@h:0/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret@h:99999/d", "a port that is no number")]
    [InlineData("postgres://u:very-secret%2@h/d", "'%' in its password")]
    [InlineData("postgres://u:very-secret%zz@h/d", "'%' in its password")]
    [InlineData("postgres://u:very-secret@h/d#x", "contains '#'")]
    [InlineData("postgres://u:very-secret@h/d?sslmode=always", "sslmode")]
    [InlineData("postgres://u:very-secret@h/d?sslmode=", "has an empty sslmode")]
    [InlineData("postgres://u:very-secret@h/d?nothing=very-secret", "a parameter that is not one of libpq or Npgsql")]
    [InlineData("postgres://u:very-secret@h/d?very-secret", "a parameter that is not one of libpq or Npgsql")]
    [InlineData("postgres://u:12/very-secret@h/d", "has an '@' after the first '/' or '?'")]
    [InlineData("postgres://u:12?very-secret@h/d", "has an '@' after the first '/' or '?'")]
    [InlineData("postgres://u:p@very-secret?sslmode=disable@h/d", "has an '@' after the first '/' or '?'")]
    [InlineData("postgres://u:p@very-secret/d?application_name=x@h/d", "has an '@' after the first '/' or '?'")]
    [InlineData("postgres://u:very-secret@h/d?sslcrl=crl.pem", "'sslcrl'. Npgsql reads no list of revoked certificates")]
    [InlineData("postgres://u:very-secret@h/d?service=mine", "'service'. Npgsql reads no service file")]
    [InlineData("postgres://u:very-secret@h/d?sslrootcert=system&sslmode=require", "sslrootcert=system with a weaker sslmode")]
    [InlineData("postgres://u:very-secret@h/d?sslcertmode=require", "'sslcertmode'")]
    [InlineData("postgres://u:very-secret@h/d?sslaccept=strict", "Set sslmode=verify-full")]
    [InlineData("postgres://u:very-secret@h/d?ssl_min_protocol_version=TLSv1.3", "'ssl_min_protocol_version'")]
    [InlineData("postgres://u:very-secret@h/d?hostaddr=10.0.0.1", "Give one of the two")]
    [InlineData("postgres://u:very-secret@/d?host=%2Ftmp&requirepeer=postgres", "requirepeer with a Unix socket")]
    [InlineData("postgres://u:very-secret@h/d?target_session_attrs=standby", "takes no writes")]
    [InlineData("postgres://u:very-secret@h/d?replication=database", "'replication'")]
    [InlineData("postgres://u:very-secret@h/d?keepalives=often", "'keepalives'")]
    [InlineData("postgres://u:very-secret@h/d?oauth_client_secret=very-secret", "'oauth_client_secret'. Npgsql cannot sign in by OAuth")]
    [InlineData("postgres://u:very-secret@h/d?host=a%40b", "Host that is no name")]
    [InlineData("postgres://u:very-secret@h/d?connect_timeout=soon", "a parameter 'connect_timeout'")]
    [InlineData("mysql://u:very-secret@h/d", "starts with 'postgres://'")]
    public void A_malformed_url_is_refused_without_its_password(string url, string says)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new PostgresSessionStoreProvider().AddStore(new ServerSessionBuilder(new ServiceCollection()), url)
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<ArgumentException>(() => PostgresSessionStoreUrl.ToConnectionString(url)).Message);
    }

    [Fact]
    public async Task A_url_and_a_connection_string_lead_to_the_same_sessions()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        foreach (
            var add in new Action<ServiceCollection>[]
            {
                services => new PostgresSessionStoreProvider().AddStore(new ServerSessionBuilder(services), database.Url),
                services =>
                    new PostgresSessionStoreProvider().AddStoreFromConnectionString(
                        new ServerSessionBuilder(services),
                        database.ConnectionString
                    ),
                services =>
                    new PostgresSessionStoreProvider().AddStoreFromConnectionString(new ServerSessionBuilder(services), database.Url),
            }
        )
        {
            var services = new ServiceCollection();
            add(services);
            await using var provider = services.BuildServiceProvider();
            var store = (PostgresSessionStore)provider.GetRequiredService<ISessionStore>();
            var stored = new SessionRecord(TestDatabase.Payload("a"), null);
            await store.TrySetAsync("a", stored, null, Cancel);
            Assert.NotNull(await store.GetAsync("a", Cancel));
            Assert.Equal(1, await store.LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_answers_is_used()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var store = database.Store(options =>
            options.ConnectionString =
                $"postgres://{settings.Username}:{settings.Password}@127.0.0.1:1,{settings.Host}:{settings.Port}/{database.Name}"
        );
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    /// <summary>The list is that of libpq 15, which this machine's psql has, and of the versions after it.</summary>
    [Fact]
    public void Every_parameter_of_libpq_is_taken_or_refused_by_name_and_none_is_unknown()
    {
        string[] parameters =
        [
            "service",
            "servicefile",
            "user",
            "password",
            "passfile",
            "channel_binding",
            "connect_timeout",
            "dbname",
            "host",
            "hostaddr",
            "port",
            "client_encoding",
            "options",
            "application_name",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "sslmode",
            "sslnegotiation",
            "sslcompression",
            "sslcert",
            "sslkey",
            "sslcertmode",
            "sslpassword",
            "sslrootcert",
            "sslcrl",
            "sslcrldir",
            "sslsni",
            "sslkeylogfile",
            "requirepeer",
            "require_auth",
            "ssl_min_protocol_version",
            "ssl_max_protocol_version",
            "gssencmode",
            "krbsrvname",
            "gsslib",
            "gssdelegation",
            "replication",
            "target_session_attrs",
            "load_balance_hosts",
            "min_protocol_version",
            "max_protocol_version",
            "scram_client_key",
            "scram_server_key",
            "oauth_issuer",
            "oauth_client_id",
            "oauth_client_secret",
            "oauth_scope",
            "requiressl",
            "ssl",
        ];
        foreach (var parameter in parameters)
        {
            var error = Xunit.Record.Exception(() => PostgresSessionStoreUrl.ToConnectionString($"postgres://db/app?{parameter}=x"));
            if (error is not null)
            {
                Assert.Contains(parameter, Assert.IsType<ArgumentException>(error).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_the_readme_says_is_passed_over_is_and_what_it_says_is_refused_is_refused_by_name()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "README.md"))
            .SkipWhile(static line => line != "### URLs")
            .TakeWhile(static line => line != "### TLS")
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Split(" | "))
            .ToList();
        var ignored = rows.Where(static row => row[1].StartsWith("ignored", StringComparison.Ordinal))
            .SelectMany(static row => Names(row[0]))
            .ToList();
        var refused = rows.Where(static row => row[1].StartsWith("refused", StringComparison.Ordinal))
            .SelectMany(static row => Names(row[0]))
            .ToList();
        Assert.True(ignored.Count > 30 && refused.Count > 5);
        foreach (var name in ignored)
        {
            var parameter = name.Contains('=', StringComparison.Ordinal) ? name : name + "=1";
            Assert.Equal(
                Settings("Host=db;Database=app"),
                Settings(PostgresSessionStoreUrl.ToConnectionString($"postgres://db/app?{parameter}"))
            );
        }

        foreach (var name in refused.Select(static name => name == "oauth_*" ? "oauth_issuer" : name))
        {
            var error = Assert.Throws<ArgumentException>(() =>
                PostgresSessionStoreUrl.ToConnectionString($"postgres:///app?host=%2Ftmp&{name}=very-secret")
            );
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.Message, StringComparison.Ordinal);
        }

        static IEnumerable<string> Names(string cell) => cell.Split('`').Where(static (_, i) => i % 2 == 1);
    }

    [Theory]
    [InlineData("?target_session_attrs=read-write")]
    [InlineData("?target_session_attrs=primary")]
    [InlineData("?Target%20Session%20Attributes=prefer-primary")]
    [InlineData("?target_session_attrs=prefer-standby")]
    [InlineData("?keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3")]
    [InlineData("?schema=public&pgbouncer=true&connection_limit=5&sslmode=prefer")]
    [InlineData("?client_encoding=LATIN1")]
    [InlineData("?Client%20Encoding=LATIN1&Encoding=iso-8859-1")]
    [InlineData("?gssencmode=disable&sslsni=1&tcp_user_timeout=500")]
    public async Task A_url_with_such_parameters_leads_to_a_store_that_works(string parameters)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store(options => options.ConnectionString = database.Url + parameters);
        await store.SetAsync("é", database.Record("é€😀"), Cancel);
        Assert.Equal(TestDatabase.Payload("é€😀"), (await store.GetAsync("é", Cancel))!.Payload.ToArray());
        Assert.Equal("é", await database.QueryAsync<string>("SELECT sid FROM session"));
    }

    private static string Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return string.Join('\n', settings.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => $"{key}={settings[key]}"));
    }
}
