using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Values;

/// <summary>A class that stands for a part of the session, and whose changes are noticed.</summary>
public sealed partial class StateTests
{
    [Fact]
    public async Task Changes_of_the_object_are_stored_as_keys_and_only_those()
    {
        await using var app = await ValuesApp.StartAsync(static session =>
        {
            session.SetJson("lines", """[ "a" ]"""u8);
            session.Set("visits", 1);
            session.Set("other", true);
        });

        using var response = await app.DoAsync(static session =>
        {
            var state = session.GetState<Checkout>();
            Assert.Same(state, session.GetState<Checkout>());
            Assert.Equal(("a", 1, "standard"), (Assert.Single(state.Lines), state.Visits, state.Delivery));
            state.Visits++;
        });
        Assert.Equal("""lines=[ "a" ] other=true visits=2""", await app.StoredAsync());

        using var more = await app.DoAsync(static session =>
        {
            var state = session.GetState<Checkout>();
            state.Lines.Add("b");
            state.Visits = 0;
            state.Note = "leave it at the door";
        });
        Assert.Equal(
            """lines=["a","b"] note="leave it at the door" other=true visits=0""",
            await app.StoredAsync()
        );

        using var less = await app.DoAsync(static session => session.GetState<Checkout>().Note = null);
        Assert.Equal("""lines=["a","b"] other=true visits=0""", await app.StoredAsync());
    }

    [Fact]
    public async Task An_object_that_is_only_read_stores_nothing_and_begins_no_session()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("visits", 1));

        using var read = await app.DoAsync(static session => Assert.Equal(1, session.GetState<Checkout>().Visits));
        Assert.Equal(["get", "touch"], app.Store.Calls);

        await using var empty = await ValuesApp.StartAsync();
        using var fresh = await empty.DoAsync(static session => Assert.Equal(0, session.GetState<Checkout>().Visits));
        Assert.Empty(empty.Store.Calls);
        Assert.Null(fresh.SetCookie());
    }

    [Fact]
    public async Task Parallel_requests_keep_each_others_members()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("visits", 1));

        using var first = await app.DoAsync(async session =>
        {
            var state = session.GetState<Checkout>();
            using var second = await app.DoAsync(static other =>
            {
                other.GetState<Checkout>().Visits = 7;
                other.GetState<Checkout>().Lines.Add("theirs");
            });
            state.Delivery = "express";
        });

        Assert.Equal("""delivery="express" lines=["theirs"] visits=7""", await app.StoredAsync());
    }

    [Fact]
    public async Task Saves_new_ids_updates_and_the_first_byte_notice_changes_and_what_follows_them()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("visits", 1));

        using var response = await app.SendAsync(
            async (session, context) =>
            {
                var state = session.GetState<Checkout>();
                state.Visits = 2;
                await session.SaveAsync();
                Assert.Equal("visits=2", await app.StoredAsync());
                state.Visits = 3;
                Assert.Equal(4, await session.UpdateAsync<int>("visits", static n => n + 1));
                state.Note = "kept";
                await session.RenewIdAsync();
                Assert.Equal("kept", session.Get<string>("note"));
                await context.Response.WriteAsync("begun");
                state.Delivery = "express";
            }
        );

        Assert.Equal("begun", await response.BodyAsync());
        Assert.Equal("""delivery="express" note="kept" visits=4""", await app.StoredAsync());
    }

    [Fact]
    public async Task After_a_reload_or_a_new_beginning_another_object_counts()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("visits", 1));

        using var reloaded = await app.DoAsync(static async session =>
        {
            var before = session.GetState<Checkout>();
            before.Visits = 5;
            await session.ReloadAsync();
            Assert.NotSame(before, session.GetState<Checkout>());
            Assert.Equal(1, session.GetState<Checkout>().Visits);
        });
        Assert.Equal("visits=1", await app.StoredAsync());

        using var regenerated = await app.DoAsync(static async session =>
        {
            var before = session.GetState<Checkout>();
            await session.RegenerateAsync();
            before.Visits = 5;
            Assert.Equal(0, session.GetState<Checkout>().Visits);
            session.GetState<Checkout>().Note = "new";
        });
        Assert.Equal("note=\"new\"", await app.StoredAsync());
    }

    [Fact]
    public async Task Generated_metadata_gives_the_same_and_several_classes_may_share_a_session()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("visits", 1));

        using var response = await app.DoAsync(static session =>
        {
            session.GetState(StateJson.Default.Checkout).Visits++;
            session.GetState<User>().Name = "ann \ud83d";
        });

        Assert.Equal("""name="ann \ud83d" visits=2""", await app.StoredAsync());
        using var read = await app.DoAsync(static session => Assert.Equal("ann \ud83d", session.GetState<User>().Name));
    }

    [Fact]
    public async Task A_class_that_cannot_stand_for_a_session_and_a_state_that_is_too_large_are_refused()
    {
        await using var app = await ValuesApp.StartAsync(
            static session => session.Set("visits", 1),
            static options => options.MaxSessionBytes = 1024
        );

        using var refused = await app.DoAsync(static session =>
        {
            Assert.Throws<ArgumentException>(session.GetState<List<string>>);
            Assert.Throws<ArgumentException>(session.GetState<WithExtensionData>);
            Assert.Throws<ArgumentException>(session.GetState<WithCookie>);
            session.Set("lines", "not a list");
            Assert.Throws<JsonException>(session.GetState<Checkout>);
            session.Remove("lines");
        });
        using var large = await app.SendAsync(
            static (session, _) =>
            {
                session.GetState<Checkout>().Note = new string('x', 1024);
                return Task.CompletedTask;
            }
        );

        Assert.Equal(500, (int)large.StatusCode);
        Assert.Equal("visits=1", await app.StoredAsync());
    }

    internal sealed class Checkout
    {
        public List<string> Lines { get; set; } = [];

        public int Visits { get; set; }

        public string Delivery { get; set; } = "standard";

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Note { get; set; }

        [JsonIgnore]
        public bool IsUsed { get; set; }
    }

    internal sealed class User
    {
        public string? Name { get; set; }
    }

    internal sealed class WithExtensionData
    {
        [JsonExtensionData]
        public Dictionary<string, object>? Rest { get; set; }
    }

    internal sealed class WithCookie
    {
        public string? Cookie { get; set; }
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Checkout))]
    internal sealed partial class StateJson : JsonSerializerContext;
}
