using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Users;

/// <summary>What needs a fresh sign-in, in an application without an authentication scheme.</summary>
public sealed class FreshSignInTests
{
    [Fact]
    public async Task A_sign_in_is_fresh_for_the_time_that_the_endpoint_says()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(time);
        using var none = await app.GetAsync("/safe");
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);

        using var signedIn = await app.GetAsync("/in");
        var cookie = signedIn.Cookie();
        time.Advance(TimeSpan.FromMinutes(5));
        using var fresh = await app.GetAsync("/safe", cookie);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);

        time.Advance(TimeSpan.FromSeconds(1));
        using var stale = await app.GetAsync("/safe", cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
    }

    [Fact]
    public async Task A_sign_in_of_which_it_is_known_that_it_is_old_is_not_fresh()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(time);
        using var signedIn = await app.GetAsync("/in-at-a-provider");
        using var stale = await app.GetAsync("/safe", signedIn.Cookie());
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
    }

    [Fact]
    public async Task The_reason_of_the_refusal_has_a_type_and_says_when_the_user_signed_in()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(time);
        using var signedIn = await app.GetAsync("/in");
        time.Advance(TimeSpan.FromHours(2));
        using var why = await app.GetAsync("/why", signedIn.Cookie());
        Assert.Equal("00:05:00 12:00", await why.BodyAsync());
    }

    [Fact]
    public void A_time_of_zero_is_refused()
    {
        var policy = new AuthorizationPolicyBuilder();
        Assert.Throws<ArgumentOutOfRangeException>(() => policy.RequireFreshSignIn(TimeSpan.Zero));
    }

    private static Task<TestApp> StartAsync(FakeTimeProvider time) =>
        TestApp.StartAsync(
            static context => context.GetEndpoint()!.RequestDelegate!(context),
            static options => options.IdleTimeout = TimeSpan.FromDays(1),
            time: time,
            sessions: static builder =>
            {
                builder.AddUserSessions();
                builder.Services.AddAuthorization();
            },
            before: static app =>
            {
                app.UseRouting();
                app.UseServerSessions();
                app.UseAuthorization();
                app.MapGet("/in", static (ServerSession session) => session.SignInAsync("ada").AsTask());
                app.MapGet(
                    "/in-at-a-provider",
                    static (ServerSession session, TimeProvider clock) =>
                        session
                            .SignInAsync("ada", new UserSignIn { AuthenticatedAt = clock.GetUtcNow() - TimeSpan.FromHours(8) })
                            .AsTask()
                );
                app.MapGet("/safe", static () => "safe").RequireFreshSignIn(TimeSpan.FromMinutes(5));
                app.MapGet(
                    "/why",
                    static async (HttpContext context, IAuthorizationService authorization) =>
                    {
                        var policy = new AuthorizationPolicyBuilder().RequireFreshSignIn(TimeSpan.FromMinutes(5)).Build();
                        var result = await authorization.AuthorizeAsync(context.User, context, policy);
                        var reason = (StaleSignInReason)result.Failure!.FailureReasons.Single();
                        return $"{reason.Requirement.Within} {reason.AuthenticatedAt:HH:mm}";
                    }
                );
            }
        );
}
