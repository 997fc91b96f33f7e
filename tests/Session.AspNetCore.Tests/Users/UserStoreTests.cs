using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Users;

/// <summary>Which stores can have lists of users, and where these are.</summary>
public sealed class UserStoreTests
{
    [Fact]
    public async Task The_memory_store_has_lists_without_a_setting_and_they_are_not_among_its_sessions()
    {
        await using var app = await TestApp.StartAsync(
            static async context => await context.GetServerSession().SignInAsync("ada"),
            sessions: static builder => builder.AddUserSessions()
        );
        using var response = await app.GetAsync();
        var users = app.Services.GetRequiredService<IUserSessions>();

        Assert.NotNull(Assert.Single((await users.ListAsync("ada")).Sessions).LastSeenAt);
        Assert.Equal(1, await app.Services.GetRequiredService<MemorySessionStore>().LengthAsync());
        await app.Services.GetRequiredService<MemorySessionStore>().ClearAsync();
        Assert.False((await users.ListAsync("ada")).IndexWasMissing);
    }

    [Fact]
    public async Task The_log_at_start_tells_the_sessions_from_what_is_beside_them()
    {
        using var file = new TempFile();
        await using var app = await TestApp.StartAsync(
            static _ => Task.CompletedTask,
            sessions: builder => builder.AddSqliteStore($"Data Source={file.Path};Pooling=false").AddUserSessions()
        );

        string[] opened = [.. app.Logs.Lines.Where(static line => line.Event.Name == "Opened").Select(static line => line.Text)];
        Assert.Equal(2, opened.Length);
        Assert.StartsWith("Sessions are kept in ", opened[0], StringComparison.Ordinal);
        Assert.EndsWith("table 'sessions'.", opened[0], StringComparison.Ordinal);
        Assert.StartsWith("Records beside the sessions ('users') are kept in ", opened[1], StringComparison.Ordinal);
        Assert.EndsWith("table 'sessions_users'.", opened[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_compare_and_set_is_refused_at_start()
    {
        using var inner = new RecordingStore();
        var store = new PlainStore(inner);
        var refusal = await Assert.ThrowsAsync<UserIndexStoreException>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, store: store, sessions: static builder => builder.AddUserSessions())
        );
        Assert.Contains("cannot compare and set", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(((ISessionStore)store).Backend, refusal.Backend);
    }

    [Fact]
    public async Task A_store_that_has_none_beside_it_is_refused_at_start_and_the_message_says_what_to_call()
    {
        using var store = new RecordingStore();
        var refusal = await Assert.ThrowsAsync<UserIndexStoreException>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, store: store, sessions: static builder => builder.AddUserSessions())
        );
        Assert.Contains("AddUserIndexStore", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_store_itself_a_last_write_and_reserved_keys_are_refused_at_start()
    {
        using var store = new RecordingStore();
        await Assert.ThrowsAsync<UserIndexStoreException>(() =>
            TestApp.StartAsync(
                static _ => Task.CompletedTask,
                store: store,
                sessions: builder => builder.AddUserSessions().AddUserIndexStore(_ => store)
            )
        );
        await Assert.ThrowsAsync<UserIndexStoreException>(() =>
            TestApp.StartAsync(
                static _ => Task.CompletedTask,
                static options => options.ParallelWrites = SessionParallelWrites.LastWriteWins,
                sessions: static builder => builder.AddUserSessions()
            )
        );
        await Assert.ThrowsAsync<UserIndexStoreException>(() =>
            TestApp.StartAsync(
                static _ => Task.CompletedTask,
                static options => options.AllowReservedKeys = true,
                sessions: static builder => builder.AddUserSessions()
            )
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_limit_out_of_range_is_refused_at_start(int limit)
    {
        var refusal = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            UsersApp.StartAsync(users => users.MaxSessionsPerUser = limit)
        );
        Assert.Contains("MaxSessionsPerUser", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sibling_is_one_object_for_one_name_and_another_for_another()
    {
        await using var store = new MemorySessionStore(new MemorySessionStoreOptions());
        Assert.Same(store.GetSibling("users"), store.GetSibling("users"));
        Assert.NotSame(store.GetSibling("users"), store.GetSibling("others"));
        Assert.Throws<ArgumentException>(() => store.GetSibling("Users"));
        Assert.Throws<ArgumentException>(() => store.GetSibling(""));
    }
}
