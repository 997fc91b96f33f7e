using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>A request that saves its new session again and again while the store fails.</summary>
public sealed class RepeatedSaveTests
{
    private const int Failures = 100;

    private static readonly SessionStoreException Trouble = new("lost", SessionStoreOperation.TrySet, "Test", isTransient: true);

    /// <summary>
    /// The save whose write was done although it failed: the first, one of the last, or none. The store fails before the write of the
    /// others.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(Failures - 1)]
    [InlineData(Failures)]
    [InlineData(0)]
    public async Task The_session_is_stored_once_the_store_is_back_whichever_save_it_holds(int stored)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(context => SaveAsync(context, store, stored), store: store);

        using var response = await app.GetAsync();

        Assert.Equal("saved", await response.BodyAsync());
        Assert.NotNull(response.SetCookie());
        Assert.Contains(
            $"\"n\":{Failures + 1}",
            System.Text.Encoding.UTF8.GetString((await store.TheOnlySessionAsync()).Payload.Span),
            StringComparison.Ordinal
        );
        Assert.InRange(store.Calls.Count(static call => call == "set"), 1, 1 + 8);
    }

    [Fact]
    public async Task A_write_among_so_many_that_the_request_no_longer_knows_it_is_an_error_that_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(context => SaveAsync(context, store, Failures / 2), store: store);

        using var response = await app.GetAsync();

        Assert.StartsWith(
            "A new session was not stored: its id is in use, possibly by an earlier save",
            await response.BodyAsync(),
            StringComparison.Ordinal
        );
        Assert.Null(response.SetCookie());
        Assert.InRange(store.Calls.Count(static call => call == "set"), 1, 1 + 8);
    }

    [Fact]
    public async Task Saves_of_the_same_content_are_remembered_as_one()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(context => SaveAsync(context, store, Failures / 2, isSame: true), store: store);

        using var response = await app.GetAsync();

        Assert.Equal("saved", await response.BodyAsync());
        Assert.Equal(2, store.Calls.Length);
    }

    private static async Task SaveAsync(HttpContext context, RecordingStore store, int stored, bool isSame = false)
    {
        var session = context.GetServerSession();
        for (var save = 1; save <= Failures; save++)
        {
            var isStored = save == stored;
            store.Before = _ => isStored ? Task.CompletedTask : throw Trouble;
            store.AfterTrySet = static () => throw Trouble;
            session.Set("n", isSame ? 1 : save);
            await Assert.ThrowsAsync<SessionStoreException>(async () => await session.SaveAsync());
        }

        store.Before = static _ => Task.CompletedTask;
        store.AfterTrySet = static () => Task.CompletedTask;
        store.Forget();
        session.Set("n", isSame ? 1 : Failures + 1);
        try
        {
            await session.SaveAsync();
            await context.Response.WriteAsync("saved");
        }
        catch (SessionStoreException error)
        {
            // The response needs no session.
            await session.DestroyAsync();
            await context.Response.WriteAsync(error.Message);
        }
    }
}
