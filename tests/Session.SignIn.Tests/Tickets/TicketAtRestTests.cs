using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>The ticket inside a stored session: what the application, Node and a reader of the backend see of it.</summary>
public sealed class TicketAtRestTests : IDisposable
{
    private static readonly JsonSerializerOptions AsNode = new() { Encoder = SessionJson.Encoder };

    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task The_application_does_not_see_the_ticket_among_its_keys_and_cannot_set_it()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/try", static (ServerSession session) =>
            {
                Assert.False(session.TryGetJson("__tickets", out _));
                Assert.Equal((1, "cart"), (session.Count, string.Join(',', session.Keys)));
                Assert.Throws<ArgumentException>(() => session.Set("__tickets", "x"));
                Assert.Throws<ArgumentException>(() => session.Remove("__tickets"));
                return "tried";
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");

        Assert.Equal("tried", await browser.TextAsync("/try"));
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_Node_application_that_reads_and_writes_the_session_keeps_the_ticket()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");

        await RewriteAsync(static session => session["cart"] = "n");

        Assert.Equal(("ada", "n"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("{\"Cookies\":1,\"a\":{\"b\":[]}}")]
    [InlineData("{\"Cookies\":\"\\ud800\"}")]
    [InlineData("{\"Cookies\":\"no ticket\"}")]
    public async Task What_another_program_has_put_in_place_of_the_ticket_is_no_ticket(string json)
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");

        await ReplaceTicketsAsync(json);

        Assert.Equal(("-", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_ticket_that_is_copied_into_the_session_of_another_user_is_no_ticket_there()
    {
        await using var site = await _shop.StartAsync();
        var ada = _shop.NewBrowser(site);
        await ada.TextAsync("/sign-in?user=ada");
        var ticket = JsonNode.Parse((await _shop.Store.TheOnlySessionAsync()).Payload.Span)!["__tickets"]!.ToJsonString();
        await ada.TextAsync("/sign-out");
        var eve = _shop.NewBrowser(site);
        await eve.TextAsync("/sign-in?user=eve");

        await RewriteAsync(session => session["__tickets"] = JsonNode.Parse(ticket));

        Assert.Equal("-", await eve.TextAsync("/me"));
    }

    [Fact]
    public async Task No_claim_and_no_token_stands_in_the_clear_and_no_object_is_kept()
    {
        _shop.Endpoints = static app =>
        {
            app.MapGet("/sign-in-with-token", static (HttpContext context) =>
            {
                var properties = new AuthenticationProperties();
                properties.SetParameter("live", new object());
                properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = "a-token-of-the-provider" }]);
                return context.SignInAsync(Shop.User("ada-lovelace"), properties);
            });
            app.MapGet("/token", static async (HttpContext context) =>
            {
                var result = await context.AuthenticateAsync();
                Assert.Empty(result.Properties!.Parameters);
                Assert.DoesNotContain(result.Properties.Items.Keys, static key => key.Contains("session", StringComparison.Ordinal));
                return result.Properties.GetTokenValue("access_token");
            });
        };
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync("/sign-in-with-token");

        Assert.Equal("a-token-of-the-provider", await browser.TextAsync("/token"));
        var payload = Encoding.UTF8.GetString((await _shop.Store.TheOnlySessionAsync()).Payload.Span);
        Assert.DoesNotContain("ada", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("a-token", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ticket_does_not_count_towards_the_limits_of_a_session()
    {
        _shop.Options = static options => (options.MaxSessionBytes, options.MaxKeys) = (1024, 1);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync($"/sign-in?user=ada&role={new string('x', 5_000)}");

        Assert.Equal("a", await browser.TextAsync("/cart?add=a"));
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    /// <summary>Puts JSON in place of the tickets, also such that is not Unicode.</summary>
    private Task ReplaceTicketsAsync(string json) =>
        StoreAsync(payload =>
        {
            var document = SessionDocument.Parse(payload);
            document.SetJson("__tickets", Encoding.UTF8.GetBytes(json));
            return document.ToPayload();
        });

    /// <summary>Does what a Node application does: parses the only session, changes it, and writes it whole.</summary>
    private Task RewriteAsync(Action<JsonObject> change) =>
        StoreAsync(payload =>
        {
            var session = JsonNode.Parse(payload.Span)!.AsObject();
            change(session);
            return JsonSerializer.SerializeToUtf8Bytes(session, AsNode);
        });

    private async Task StoreAsync(Func<ReadOnlyMemory<byte>, byte[]> change)
    {
        await foreach (var entry in _shop.Store.Inner.AllAsync())
        {
            if (!SessionDocument.Parse(entry.Record.Payload).TryGetJson("__moved", out _))
            {
                await _shop.Store.Inner.SetAsync(entry.Sid, new SessionRecord(change(entry.Record.Payload), entry.Record.Expires));
            }
        }
    }
}
