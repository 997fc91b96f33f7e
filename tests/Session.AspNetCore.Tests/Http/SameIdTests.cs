using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>An application's generator that returns the id that the session has: an id that was planted would stay.</summary>
public sealed class SameIdTests
{
    public static MatrixTheoryData<NewId, bool> Ways =>
        new([NewId.Renewed, NewId.SignedIn, NewId.Regenerated], [true, false]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_new_id_that_is_the_old_one_is_refused_and_the_session_is_as_before(NewId how, bool isConditional)
    {
        Exception? refusal = null;
        using var recording = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/sign-in")
                {
                    recording.Forget();
                    refusal = await Record.ExceptionAsync(async () => await session.GiveAsync(how));
                    Assert.Empty(recording.Calls);
                }

                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            static options => options.GenerateSid = static context => context.Request.Query["id"].ToString(),
            isConditional ? recording : new PlainStore(recording)
        );
        using var begin = await app.GetAsync("/?id=planted");

        using var signIn = await app.GetAsync("/sign-in?id=planted", begin.Cookie());

        Assert.Contains("GenerateSid returned the id", Assert.IsType<InvalidOperationException>(refusal).Message, StringComparison.Ordinal);
        Assert.Equal("2", await signIn.BodyAsync());
    }
}
