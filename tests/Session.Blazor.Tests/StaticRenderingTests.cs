using System.Net;
using Microsoft.AspNetCore.Http;
using ServerSessions.Blazor.Tests.Support;

namespace ServerSessions.Blazor.Tests;

/// <summary>Static pages: each is a request, with the session of the request.</summary>
public sealed class StaticRenderingTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("?redirect", false)]
    [InlineData("", true)]
    [InlineData("?redirect", true)]
    public async Task A_form_of_a_static_page_stores_the_session_before_the_response(string query, bool isEnhanced)
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();

        using (var response = await visitor.SubmitAsync("/cascading", "Zoë", query, isEnhanced))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("""<p id="name">Zo&#xEB;</p>""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.NotNull(visitor.SessionCookie);
        Assert.Contains("""<p id="name">Zo&#xEB;</p>""", await visitor.GetAsync("/cascading"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_antiforgery_token_gets_400_and_changes_nothing()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();

        using var response = await visitor.SubmitAsync("/cascading", "Zoë", hasToken: false);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(visitor.SessionCookie);
    }

    [Fact]
    public async Task A_change_after_the_first_byte_of_a_streamed_page_is_stored_when_the_page_is_done()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        app.Streamed.RunAsync = static async (sessions, _) =>
        {
            await sessions.UpdateAsync(static session => session.Set("streamed", 1));
            return "changed";
        };

        Assert.Contains("changed", await StreamAsync(app, visitor), StringComparison.Ordinal);
        Assert.Equal("count,streamed", await visitor.GetAsync("/keys"));
    }

    [Fact]
    public async Task A_session_that_would_begin_after_the_first_byte_is_refused_by_an_error_that_says_where_to_begin_it()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        app.Streamed.RunAsync = static async (sessions, _) =>
        {
            Assert.Null(await sessions.ReadAsync());
            var refusal = await Assert.ThrowsAsync<ResponseRequiredException>(async () =>
                await sessions.UpdateAsync(static session => session.Set("streamed", 1))
            );
            return refusal.Message;
        };

        Assert.Contains("Begin it while the page is rendered", await StreamAsync(app, visitor), StringComparison.Ordinal);
        Assert.Null(visitor.SessionCookie);
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task A_new_id_after_the_first_byte_of_a_streamed_page_is_refused()
    {
        await using var app = await ShopApp.StartAsync();
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        app.Streamed.RunAsync = static async (_, context) =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await context.GetServerSession().RenewIdAsync());
            return "refused";
        };

        Assert.Contains("refused", await StreamAsync(app, visitor), StringComparison.Ordinal);
        Assert.Equal("1", await visitor.GetAsync("/count"));
    }

    [Fact]
    public async Task A_page_with_several_prerendered_components_reads_the_store_once()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        store.Forget();

        var page = await visitor.GetAsync("/prerendered");

        Assert.Equal(2, page.Split("""<p class="count">1</p>""").Length - 1);
        Assert.Single(store.Calls, "get");
        Assert.DoesNotContain("set", store.Calls);
    }

    [Fact]
    public async Task A_page_that_no_component_of_writes_to_begins_no_session()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();

        Assert.Contains("no session", await visitor.GetAsync("/prerendered"), StringComparison.Ordinal);
        Assert.Null(visitor.SessionCookie);
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task A_store_failure_is_a_503_and_never_a_page_of_a_visitor_without_a_session()
    {
        using var store = new RecordingStore();
        await using var app = await ShopApp.StartAsync(store);
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        store.Before = static _ => throw new TimeoutException("the store is down");

        using var response = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/prerendered"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private static async Task<string> StreamAsync(ShopApp app, Visitor visitor)
    {
        using var response = await visitor.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/streamed"),
            HttpCompletionOption.ResponseHeadersRead
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        app.Streamed.OnFirstBytes();
        return await response.Content.ReadAsStringAsync().WithinBoundAsync("the end of a streamed page");
    }
}
