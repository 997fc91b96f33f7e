using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Beside;

/// <summary>ASP.NET Core's <c>UseSession()</c> that was left in the pipeline.</summary>
public sealed class UseSessionTests
{
    private const string Warning = "BothSessionMiddleware";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Beside_it_one_warning_says_what_to_remove(bool isInFront)
    {
        RequestDelegate run = static _ => Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            context => run(context),
            before: web =>
            {
                if (isInFront)
                {
                    web.UseSession();
                    return;
                }

                var behind = ((IApplicationBuilder)web).New();
                behind.UseSession();
                run = behind.Build();
            },
            sessions: static sessions => sessions.Services.AddDistributedMemoryCache().AddSession()
        );

        using (await app.GetAsync()) { }
        using (await app.GetAsync()) { }

        Assert.Equal(1, app.Logs.Count(Warning));
        Assert.Contains("Remove UseSession() and AddSession().", app.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a session that the application sets")]
    [InlineData("an error page that runs the pipeline again")]
    public async Task Without_it_there_is_none(string beside)
    {
        await using var app = await TestApp.StartAsync(
            context =>
            {
                if (beside.StartsWith("a session", StringComparison.Ordinal))
                {
                    context.Session = context.Session;
                }

                return beside.StartsWith("an error", StringComparison.Ordinal) && context.Request.Path != "/error"
                    ? throw new InvalidOperationException("planted")
                    : Task.CompletedTask;
            },
            before: static web => web.UseExceptionHandler("/error")
        );

        using (await app.GetAsync()) { }

        Assert.Equal(0, app.Logs.Count(Warning));
    }

    [Fact]
    public async Task Beside_sessions_with_a_name_it_is_no_mistake()
    {
        await using var app = await Named.NamedApp.StartAsync(
            static services =>
            {
                services.AddDistributedMemoryCache().AddSession().AddServerSessions("admin", static options =>
                    options.Secret = TestApp.Secret
                );
            },
            static web =>
            {
                web.UseSession();
                web.UseServerSessions("admin");
                web.Run(static context =>
                {
                    context.Session.SetString("a", "1");
                    context.GetServerSession("admin").Set("b", 2);
                    return Task.CompletedTask;
                });
            }
        );

        using (await app.Browser.GetAsync("/")) { }

        Assert.Equal(0, app.Logs.Count(Warning));
    }
}
