using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static ServerSessions.Tests.Named.NamedApp;

namespace ServerSessions.Tests.Named;

/// <summary>Secrets of several names that the configuration brings while the application runs. They are judged together.</summary>
public sealed class NamedSecretReloadTests
{
    private const string Third = "a third secret, long enough for anybody to use";

    private readonly ReloadingSource _source = new();

    [Fact]
    public async Task Names_that_exchange_their_secrets_in_one_reload_both_have_them_with_the_next_request()
    {
        await using var app = await StartAsync();

        Change(NamedApp.AdminSecret, NamedApp.Secret);

        Assert.Equal((2, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
        await AssertSignsAsync(app, "connect.sid", NamedApp.AdminSecret);
        await AssertSignsAsync(app, "admin.sid", NamedApp.Secret);
    }

    [Theory]
    [InlineData(NamedApp.AdminSecret, Third)]
    [InlineData(Third, NamedApp.Secret)]
    public async Task A_name_gets_the_secret_that_another_gives_up_in_the_same_reload(string visitors, string admins)
    {
        await using var app = await StartAsync();

        Change(visitors, admins);

        Assert.Equal((2, 0), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
        await AssertSignsAsync(app, "connect.sid", visitors);
        await AssertSignsAsync(app, "admin.sid", admins);
    }

    [Fact]
    public async Task A_secret_of_another_name_is_refused_when_secrets_reload()
    {
        await using var app = await StartAsync();
        await app.Browser.GetStringAsync("/");

        Change(NamedApp.Secret, NamedApp.Secret);

        Assert.Contains("A secret is shared by", app.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(NamedApp.Secret, app.Logs.Text, StringComparison.Ordinal);
        Assert.Equal((0, 1), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
        Assert.Equal("2 2", await app.Browser.GetStringAsync("/"));

        Change(Third, NamedApp.Secret);

        await AssertSignsAsync(app, "connect.sid", Third);
        await AssertSignsAsync(app, "admin.sid", NamedApp.Secret);
    }

    [Fact]
    public async Task Of_two_names_that_get_one_secret_neither_has_it()
    {
        await using var app = await StartAsync();
        await app.Browser.GetStringAsync("/");

        Change(Third, Third);

        Assert.Equal((0, 2), (app.Logs.Count("SecretsReloaded"), app.Logs.Count("SecretsRefused")));
        Assert.Equal("2 2", await app.Browser.GetStringAsync("/"));
        await AssertSignsAsync(app, "connect.sid", NamedApp.Secret);
        await AssertSignsAsync(app, "admin.sid", NamedApp.AdminSecret);
    }

    private void Change(string visitors, string admins) => _source.Change(("Visitors:Secret", visitors), ("Admins:Secret", admins));

    /// <summary>Checks that a new session's cookie is signed with a secret.</summary>
    private static async Task AssertSignsAsync(NamedApp app, string cookie, string secret)
    {
        using var client = app.NewBrowser();
        using var response = await client.GetAsync("/");
        var value = Uri.UnescapeDataString(response.Cookie(cookie).Split('=', 2)[1]);
        Assert.StartsWith("s:", value, StringComparison.Ordinal);
        var sid = value[2..value.LastIndexOf('.')];
        var hash = System.Security.Cryptography.HMACSHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(secret),
            System.Text.Encoding.UTF8.GetBytes(sid)
        );
        Assert.Equal(Convert.ToBase64String(hash).TrimEnd('='), value[(sid.Length + 3)..]);
    }

    private Task<NamedApp> StartAsync()
    {
        Change(NamedApp.Secret, NamedApp.AdminSecret);
        var configuration = new ConfigurationBuilder().Add(_source).Build().GetSection("ServerSessions");
        return NamedApp.StartAsync(
            services =>
            {
                services.AddServerSessions(configuration.GetSection("Visitors"));
                services
                    .AddServerSessions("admin", configuration.GetSection("Admins"))
                    .Services.Configure<ServerSessionOptions>("admin", static options => options.Cookie.Name = "admin.sid");
            },
            static web =>
            {
                web.UseServerSessions();
                web.UseServerSessions("admin");
                web.Run(static context =>
                    context.Response.WriteAsync($"{Count(context.GetServerSession())} {Count(context.GetServerSession("admin"))}")
                );
            }
        );
    }
}
