using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Tests.Values;

/// <summary>What taking and updating a value refuse, what they leave after a failure, and the other forms of the calls.</summary>
public sealed partial class TakeAndUpdateRefusalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_compare_and_set_both_are_refused_with_an_error_that_says_what_to_do(bool canCompare)
    {
        using var inner = new RecordingStore();
        await using var app = await ValuesApp.StartAsync(
            static session => session.Set("n", 1),
            options => options.ParallelWrites = canCompare ? SessionParallelWrites.LastWriteWins : SessionParallelWrites.Merge,
            store: canCompare ? inner : new PlainStore(inner)
        );
        inner.Forget();

        using var response = await app.DoAsync(async session =>
        {
            var take = await Assert.ThrowsAsync<ConditionalStoreRequiredException>(async () => await session.TakeAsync<int>("n"));
            var update = await Assert.ThrowsAsync<ConditionalStoreRequiredException>(async () =>
                await session.UpdateAsync<int>("n", static n => n + 1)
            );
            Assert.Equal(take.Message, update.Message);
            Assert.Contains(canCompare ? "ParallelWrites" : "IConditionalSessionStore", take.Message, StringComparison.Ordinal);
            Assert.Equal(canCompare ? "Recording" : "Plain", take.Backend);
            Assert.Equal(1, session.Get<int>("n"));
        });

        Assert.Equal(["get", "touch"], inner.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Once_another_request_has_ended_the_session_or_renewed_it_none_gets_the_value(bool isRenewed)
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("code", "abc"));

        using var response = await app.SendAsync(
            async (session, context) =>
            {
                using var other = await app.DoAsync(async ends => await (isRenewed ? ends.RenewIdAsync() : ends.DestroyAsync()));
                await Assert.ThrowsAsync<SessionNotFoundException>(async () => await session.TakeAsync<string>("code"));
                Assert.Null(context.FindServerSession());
                Assert.Throws<InvalidOperationException>(() => session.Set("own", 1));
            }
        );

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Null(response.SetCookie());
        if (isRenewed)
        {
            Assert.Equal("code=\"abc\"", await app.StoredAsync());
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_write_whose_result_is_lost_is_reported_and_no_commit_undoes_it(bool takesEffect, bool isTake)
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Set("code", "abc");
            session.Set("n", 1);
        });

        using var response = await app.DoAsync(async session =>
        {
            var fails = true;
            Func<Task> failOnce = () =>
            {
                var failsNow = fails;
                fails = false;
                return failsNow
                    ? throw new SessionStoreUnavailableException("A fault of the test.", SessionStoreOperation.TrySet, "Recording")
                    : Task.CompletedTask;
            };
            if (takesEffect)
            {
                app.Store.AfterTrySet = failOnce;
            }
            else
            {
                app.Store.Before = call => call == "set" ? failOnce() : Task.CompletedTask;
            }

            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            {
                if (isTake)
                {
                    await session.TakeAsync<string>("code");
                }
                else
                {
                    await session.UpdateAsync<int>("n", static n => n + 1);
                }
            });
            Assert.Equal(("abc", 1), (session.Get<string>("code"), session.Get<int>("n")));
            session.Set("own", 1);
        });

        Assert.Equal(
            (takesEffect, isTake) switch
            {
                (true, true) => "n=1 own=1",
                (true, false) => "code=\"abc\" n=2 own=1",
                _ => "code=\"abc\" n=1 own=1",
            },
            await app.StoredAsync()
        );
    }

    [Fact]
    public async Task Bad_keys_too_much_data_a_wrong_type_and_a_change_that_throws_leave_all_as_it_is()
    {
        await using var app = await ValuesApp.StartAsync(
            static session => session.Set("n", 1),
            static options => (options.MaxSessionBytes, options.MaxKeys, options.MaxKeyLength) = (1024, 2, 16)
        );

        using var response = await app.DoAsync(async session =>
        {
            foreach (var key in (string[])["cookie", "__created", "__moved", "__lastAccess"])
            {
                await Assert.ThrowsAsync<ArgumentException>("key", async () => await session.TakeAsync<int>(key));
                await Assert.ThrowsAsync<ArgumentException>("key", async () => await session.UpdateAsync<int>(key, static n => n));
            }

            await Assert.ThrowsAsync<ArgumentNullException>("key", async () => await session.TakeAsync<int>(null!));
            await Assert.ThrowsAsync<ArgumentNullException>("change", async () => await session.UpdateAsync<int>("n", null!));
            await Assert.ThrowsAsync<SessionLimitException>(async () =>
                await session.UpdateAsync<string>("s", static _ => new string('x', 1025))
            );
            await Assert.ThrowsAsync<SessionLimitException>(async () =>
                await session.UpdateAsync<string>("s", static _ => new string('x', 1020))
            );
            await Assert.ThrowsAsync<SessionLimitException>(async () =>
                await session.UpdateAsync<int>("a key of seventeen", static n => n)
            );
            await Assert.ThrowsAsync<JsonException>(async () => await session.TakeAsync<DateTime>("n"));
            await Assert.ThrowsAsync<NotFiniteNumberException>(async () =>
                await session.UpdateAsync<int>("n", static _ => throw new NotFiniteNumberException())
            );
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await session.UpdateJsonAsync("n", static _ => Encoding.UTF8.GetBytes("{"))
            );
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                await session.TakeAsync<int>("n", cancelled.Token)
            );
            Assert.Equal(1, session.Get<int>("n"));

            // What is refused is refused on what is stored, and nothing is written.
            Assert.All(app.Store.Calls, static call => Assert.Equal("get", call));

            session.Set("second", 2);
            await Assert.ThrowsAsync<SessionLimitException>(async () => await session.UpdateAsync<int>("third", static n => n));
        });

        Assert.Equal("n=1 second=2", await app.StoredAsync());
    }

    [Fact]
    public async Task An_unsaved_value_of_the_request_itself_is_the_current_one()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Set("a", "stored");
            session.Set("b", "stored");
        });

        using var response = await app.DoAsync(async session =>
        {
            session.Set("a", "own");
            session.Remove("b");
            Assert.Equal("own", await session.TakeAsync<string>("a"));
            Assert.Null(await session.TakeAsync<string>("b"));
            Assert.Equal("", await app.StoredAsync());
        });

        Assert.Equal("", await app.StoredAsync());
    }

    [Fact]
    public async Task Json_forms_tell_null_from_absent_and_may_remove_and_generated_metadata_needs_no_reflection()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.Set<string?>("null", null);
            session.Set("cart", new Cart(1));
            session.Set("raw", 7);
        });

        using var response = await app.DoAsync(async session =>
        {
            Assert.Equal("null", Text(await session.TakeJsonAsync("null")));
            Assert.Null(Text(await session.TakeJsonAsync("null")));
            Assert.Equal(new Cart(3), await session.UpdateAsync("cart", static cart => new Cart(cart!.Lines + 2), ValueJson.Default.Cart));
            var raw = await session.UpdateJsonAsync("raw", static json => Encoding.UTF8.GetBytes(Text(json) == "7" ? "8" : "9"));
            Assert.Equal("8", Text(raw));
            Assert.Null(await session.UpdateJsonAsync("raw", static _ => null));
            Assert.Equal(new Cart(3), await session.TakeAsync("cart", ValueJson.Default.Cart));
            Assert.Null(await session.TakeAsync("cart", ValueJson.Default.Cart));
        });

        Assert.Equal("", await app.StoredAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_hashed_ids_and_encrypted_payloads_parallel_increments_are_as_exact(bool hasEnd)
    {
        const int Requests = 16;
        await using var app = await ValuesApp.StartAsync(
            static session => session.Set("n", 0),
            options =>
            {
                options.Protection.HashIds = true;
                options.Protection.Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
                options.AbsoluteTimeout = hasEnd ? TimeSpan.FromHours(8) : null;
            }
        );
        using var barrier = new Barrier(Requests);
        app.Store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(
            Enumerable.Range(0, Requests).Select(_ => app.DoAsync(async session => await session.UpdateAsync<int>("n", static n => n + 1)))
        );

        using var response = await app.DoAsync(static session => Assert.Equal(Requests, session.Get<int>("n")));
        Assert.False(SessionDocument.Parse((await app.Store.TheOnlySessionAsync()).Payload).TryGetJson("n", out _));
    }

    private static string? Text(ReadOnlyMemory<byte>? json) => json is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    internal sealed record Cart(int Lines);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Cart))]
    internal sealed partial class ValueJson : JsonSerializerContext;
}
