using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Tests.Endpoints;

namespace ServerSessions.Tests.Parameters;

/// <summary>The session as a parameter of an action, a page handler and a minimal API.</summary>
public sealed class SessionParameterTests
{
    [Theory]
    [InlineData("AddControllers")]
    [InlineData("AddMvcCore")]
    [InlineData("before AddServerSessions")]
    public async Task An_action_takes_the_session_beside_its_body(string registration)
    {
        await using var site = await StartAsync(registration);
        var cookie = await site.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/parameter")
        {
            Content = new StringContent("""{"text":"milk"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Cookie", cookie);

        using var response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var next = await site.GetAsync("/api/note", cookie);

        Assert.Equal(("ada notes milk", "milk"), (await response.BodyAsync(), await next.BodyAsync()));
    }

    [Fact]
    public async Task An_action_takes_the_session_with_the_attribute_of_services_too()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/api/from-services", await site.SignInAsync());

        Assert.Equal("ada", await response.BodyAsync());
    }

    [Fact]
    public async Task The_session_is_no_input_that_is_validated()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/api/valid", await site.SignInAsync());

        Assert.Equal("True 0 1", await response.BodyAsync());
    }

    [Theory]
    [InlineData("/api/optional", HttpStatusCode.OK, "no session")]
    [InlineData("/api/insists", HttpStatusCode.InternalServerError, "DisableServerSession")]
    [InlineData("/minimal/optional", HttpStatusCode.OK, "no session")]
    [InlineData("/minimal/insists", HttpStatusCode.InternalServerError, "DisableServerSession")]
    public async Task A_nullable_parameter_is_null_where_the_request_has_no_session_and_another_is_an_error(
        string path,
        HttpStatusCode status,
        string body
    )
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync(path, await site.SignInAsync());

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(body, await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nullable_parameter_of_a_visitor_without_a_session_is_a_new_one()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/minimal/nullable");

        Assert.Equal("True", await response.BodyAsync());
    }

    [Fact]
    public async Task A_handler_of_Razor_Pages_and_a_bound_property_have_the_session()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/session", await site.SignInAsync());

        Assert.Equal("page of ada True True True", await response.BodyAsync());
    }

    [Fact]
    public async Task Without_MVC_its_options_are_never_made()
    {
        await using var site = await EndpointSite.StartAsync(
            static app => app.MapGet("/user", static (ServerSession session) => session.Get<string>("user")),
            services: static builder =>
                builder.Services.AddSingleton<IConfigureOptions<MvcOptions>>(_ => throw new InvalidOperationException("MVC was asked for."))
        );

        using var response = await site.GetAsync("/user", await site.SignInAsync());

        Assert.Equal("ada", await response.BodyAsync());
    }

    private static Task<EndpointSite> StartAsync(string registration = "AddControllers") =>
        EndpointSite.StartAsync(
            app =>
            {
                app.MapControllers();
                if (registration == "AddControllers")
                {
                    app.MapRazorPages();
                }

                app.MapGet("/minimal/optional", static (ServerSession? session) => session is null ? "no session" : "a session")
                    .DisableServerSession();
                app.MapGet("/minimal/insists", static (ServerSession session) => session.Count).DisableServerSession();
                app.MapGet("/minimal/nullable", static (ServerSession? session) => $"{session?.IsNew}");
            },
            services: builder => Add(builder, registration, "AddControllers", "AddMvcCore"),
            servicesBefore: builder => Add(builder, registration, "before AddServerSessions")
        );

    private static void Add(WebApplicationBuilder builder, string registration, params string[] here)
    {
        if (!here.Contains(registration))
        {
            return;
        }

        var assembly = typeof(SessionParameterController).Assembly;
        if (registration == "AddMvcCore")
        {
            builder.Services.AddMvcCore().AddApplicationPart(assembly);
            return;
        }

        builder.Services.AddControllers().AddApplicationPart(assembly);
        builder.Services.AddRazorPages().AddHandWrittenPages();
    }
}
