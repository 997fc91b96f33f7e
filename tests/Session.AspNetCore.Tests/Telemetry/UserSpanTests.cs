using System.Collections.Concurrent;
using System.Diagnostics;
using ServerSessions.Tests.Users;

namespace ServerSessions.Tests.Telemetry;

/// <summary>The spans of the operations of users.</summary>
public sealed class UserSpanTests
{
    [Fact]
    public async Task Each_operation_of_a_user_has_a_span_with_how_many_sessions_it_was_about()
    {
        await using var app = await UsersApp.StartAsync();
        var spans = await SpansAsync(async () =>
        {
            await app.SignInAsync("ada");
            await app.SignInAsync("ada");
            var sessions = (await app.Users.ListAsync("ada")).Sessions;
            await app.Users.EndAsync("ada", sessions[0].Handle);
            await app.Users.EndAllAsync("ada");
        });

        Assert.Equal(
            [
                $"{ServerSessionActivityNames.UserSignIn} count=1",
                $"{ServerSessionActivityNames.UserSignIn} count=1",
                $"{ServerSessionActivityNames.UserList} count=2",
                $"{ServerSessionActivityNames.UserEnd} count=1",
                $"{ServerSessionActivityNames.UserEndAll} count=1",
            ],
            spans
        );
    }

    [Fact]
    public async Task An_operation_that_fails_or_leaves_sessions_says_so()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        app.Sessions.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        var spans = await SpansAsync(async () =>
        {
            await app.Users.EndAllAsync("ada");
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await app.Users.ListAsync("bob", null, Away(app)));
        });

        Assert.Equal(
            [
                $"{ServerSessionActivityNames.UserEndAll} count=0 failed=1 Error",
                $"{ServerSessionActivityNames.UserList} error.type=SessionStoreUnavailableException Error",
            ],
            spans
        );
    }

    private static CancellationToken Away(UsersApp app)
    {
        app.Lists.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        return TestContext.Current.CancellationToken;
    }

    /// <summary>
    /// Returns the spans of users' operations that end in an action: name, tags without backend, status if it is an error.
    /// </summary>
    private static async Task<string[]> SpansAsync(Func<Task> act)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var root = new ActivitySource("UserSpanTests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source == root || source.Name is ServerSessionTelemetry.ActivitySourceName or "Microsoft.AspNetCore" or "System.Net.Http",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var test = root.StartActivity("test")!;
        await act();
        return
        [
            .. spans
                .Where(span =>
                    span.TraceId == test.TraceId && span.OperationName.StartsWith("server_session.users.", StringComparison.Ordinal)
                )
                .Select(static span =>
                {
                    Assert.Equal(("Recording", ActivityKind.Internal), (span.GetTagItem(ServerSessionTagNames.Backend), span.Kind));
                    string[] tags =
                    [
                        .. span
                            .TagObjects.Where(static tag => tag.Key != ServerSessionTagNames.Backend)
                            .Select(static tag => $" {tag.Key.Replace("server_session.", "", StringComparison.Ordinal)}={tag.Value}"),
                    ];
                    return $"{span.OperationName}{string.Concat(tags)}{(span.Status == ActivityStatusCode.Error ? " Error" : "")}";
                }),
        ];
    }
}
