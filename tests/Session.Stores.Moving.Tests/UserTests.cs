using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>Users whose sessions move.</summary>
public sealed class UserTests
{
    [Theory]
    [InlineData(24, true)]
    [InlineData(48, false)]
    public async Task A_move_tells_when_a_session_was_last_used_if_both_stores_have_one_lifetime(int hours, bool isKnown)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder
            .Services.AddServerSessions(static options =>
            {
                options.Secret = "the secret of a test of a move";
                options.Cookie.Secure = SessionCookieSecure.Never;
            })
            .MoveStore(
                from => from.AddStore(_ => NewStore(24)),
                to => to.AddStore(_ => NewStore(hours)),
                SessionMoveMode.CarryToNew
            )
            .AddUserSessions();
        await using var app = builder.Build();
        app.UseServerSessions();
        app.MapGet("/in", static (ServerSession session) => session.SignInAsync("ada").AsTask());
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();
        using var response = await client.GetAsync("/in", TestContext.Current.CancellationToken);

        var list = await app.Services.GetRequiredService<IUserSessions>().ListAsync("ada", null, TestContext.Current.CancellationToken);

        Assert.Equal(isKnown, Assert.Single(list.Sessions).LastSeenAt is not null);
    }

    private static MemorySessionStore NewStore(int hours) =>
        new(new MemorySessionStoreOptions { DefaultLifetime = TimeSpan.FromHours(hours) }, TimeProvider.System);
}
