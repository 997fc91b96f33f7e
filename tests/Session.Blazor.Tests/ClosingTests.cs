using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Blazor.Tests.Support;

namespace ServerSessions.Blazor.Tests;

/// <summary>A circuit ends with its session if the application says so where it maps its components.</summary>
public sealed class ClosingTests
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets, "/sign-out")]
    [InlineData(HttpTransportType.LongPolling, "/destroy")]
    public async Task A_session_that_ends_closes_the_connection_of_its_circuit_and_the_circuit_takes_no_other(
        HttpTransportType transport,
        string path
    )
    {
        await using var app = await ShopApp.StartAsync(pages: static pages => pages.CloseWhenSessionEnds());
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/sign-in");
        await using var circuit = await visitor.OpenAsync(transport);

        await visitor.PostAsync(path);

        await circuit.Closed;
        Assert.False(await Connection.ReconnectAsync(app.Address, visitor.Cookies, circuit.Secret));
    }

    [Fact]
    public async Task A_lost_connection_is_taken_up_again_while_the_session_exists()
    {
        await using var app = await ShopApp.StartAsync(pages: static pages => pages.CloseWhenSessionEnds());
        using var visitor = app.NewVisitor();
        await visitor.PostAsync("/count");
        var circuit = await visitor.OpenAsync();
        await circuit.DisposeAsync();

        Assert.True(await Connection.ReconnectAsync(app.Address, visitor.Cookies, circuit.Secret));
        Assert.Equal(1, await circuit.RunAsync(static async sessions => (await sessions.ReadAsync())!.Get<int>("count")));
    }

    [Fact]
    public async Task A_form_of_a_page_that_ends_the_session_gets_its_response()
    {
        await using var app = await ShopApp.StartAsync(pages: static pages => pages.CloseWhenSessionEnds());
        using var visitor = app.NewVisitor();
        await visitor.SubmitAsync("/cascading", "Zoë");

        using var response = await visitor.SubmitAsync("/cascading", "Zoë", "?end");

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("", await visitor.GetAsync("/keys"));
    }

    [Fact]
    public async Task What_is_said_of_the_components_is_said_of_the_endpoints_of_their_circuits()
    {
        await using var app = await ShopApp.StartAsync(pages: static pages => pages.RequireServerSession());

        var hubs = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(static endpoint => endpoint.Metadata.GetMetadata<HubMetadata>() is not null)
            .ToList();

        Assert.NotEmpty(hubs);
        Assert.All(hubs, static hub => Assert.NotNull(hub.Metadata.GetMetadata<RequireServerSessionAttribute>()));
    }
}
