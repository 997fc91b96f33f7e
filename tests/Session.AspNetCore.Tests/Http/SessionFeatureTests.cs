using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>The feature of a request that has its session, and one that was put in its place.</summary>
public sealed class SessionFeatureTests
{
    [Fact]
    public async Task The_feature_has_what_the_methods_of_the_context_return()
    {
        await using var app = await TestApp.StartAsync(static async context =>
        {
            var feature = context.Features.Get<IServerSessionFeature>()!;
            Assert.Null(context.GetServerSessionId());
            Assert.Same(context.GetServerSession(), feature.Session);
            Assert.Equal(context.GetServerSessionId(), feature.SessionId);
            Assert.Null(feature.Failure);
            feature.Unset();
            Assert.Null(context.FindServerSession());
            await context.Response.WriteAsync("seen");
        });

        using var response = await app.GetAsync();

        Assert.Equal("seen", await response.BodyAsync());
    }

    [Fact]
    public async Task A_middleware_that_wraps_the_feature_sees_each_use_and_the_session_is_saved_as_before()
    {
        var uses = 0;
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Features.Set<IServerSessionFeature>(new Watched(context.Features.Get<IServerSessionFeature>()!, () => uses++));
            var session = context.GetServerSession();
            session.Set("n", session.Get<int>("n") + 1);
            return context.Response.WriteAsync($"{session.Get<int>("n")} {context.FindServerSession() == session}");
        });
        using var begin = await app.GetAsync();

        using var next = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(("1 True", "2 True", 4), (await begin.BodyAsync(), await next.BodyAsync(), uses));
    }

    [Fact]
    public async Task An_error_page_for_which_the_pipeline_runs_again_has_the_feature_that_was_put_in_place()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                if (context.Request.Path != "/error")
                {
                    context.Features.Set<IServerSessionFeature>(new Failing(new TimeoutException()));
                    throw new ArithmeticException();
                }

                return context.Response.WriteAsync(context.GetServerSessionFailure()!.GetType().Name);
            },
            before: static app => app.UseExceptionHandler("/error")
        );

        using var response = await app.GetAsync();

        Assert.Equal("TimeoutException", await response.BodyAsync());
    }

    [Fact]
    public void A_feature_of_a_test_decides_what_code_under_test_finds()
    {
        var context = new DefaultHttpContext();
        Assert.Contains(
            "UseServerSessions",
            Assert.Throws<InvalidOperationException>(context.FindServerSession).Message,
            StringComparison.Ordinal
        );
        var failing = new Failing(new TimeoutException());
        context.Features.Set<IServerSessionFeature>(failing);

        var unavailable = Assert.Throws<ServerSessionUnavailableException>(context.GetServerSession);
        context.UnsetServerSession();

        Assert.IsType<TimeoutException>(unavailable.InnerException);
        Assert.Null(context.FindServerSession());
        Assert.Equal(("the id", true), (context.GetServerSessionId(), failing.IsUnset));
        context.Features.Set<IServerSessionFeature>(new Failing(null));
        Assert.Contains(
            "IServerSessionFeature",
            Assert.Throws<InvalidOperationException>(context.GetServerSession).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class Watched(IServerSessionFeature inner, Action onUse) : IServerSessionFeature
    {
        public ServerSession? Session
        {
            get
            {
                onUse();
                return inner.Session;
            }
        }

        public string? SessionId => inner.SessionId;

        public Exception? Failure => inner.Failure;

        public void Unset() => inner.Unset();
    }

    private sealed class Failing(Exception? failure) : IServerSessionFeature
    {
        public bool IsUnset { get; private set; }

        public ServerSession? Session => null;

        public string? SessionId => "the id";

        public Exception? Failure => failure;

        public void Unset() => IsUnset = true;
    }
}
