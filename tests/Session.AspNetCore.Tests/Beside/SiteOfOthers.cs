using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Beside;

/// <summary>
/// An application as users write one, with other parts of ASP.NET Core beside the sessions, on Kestrel. <c>/sign-in/ada</c> signs a visitor
/// in.
/// </summary>
internal sealed class SiteOfOthers : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SiteOfOthers(WebApplication app, RecordingStore store)
    {
        (_app, Store) = (app, store);
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
        };
    }

    public RecordingStore Store { get; }

    public HttpClient Client { get; }

    public static async Task<SiteOfOthers> StartAsync(
        Action<WebApplicationBuilder> services,
        Action<WebApplication> behind,
        string? webRoot = null
    )
    {
        var store = new RecordingStore();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test", WebRootPath = webRoot });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddServerSessions(static options => options.Secret = TestApp.Secret).AddStore(_ => store);
        services(builder);
        var app = builder.Build();
        app.UseServerSessions();
        app.MapPost("/sign-in/{user}", static (string user, ServerSession session) => session.Set("user", user));
        behind(app);
        await app.StartAsync();
        return new SiteOfOthers(app, store);
    }

    public async Task<string> SignInAsync(string user)
    {
        using var response = await Client.PostAsync(new Uri($"/sign-in/{user}", UriKind.Relative), null);
        return response.Cookie();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? cookie, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await Client.SendAsync(request);
    }

    public async Task<string> GetAsync(string path, string? cookie)
    {
        using var response = await SendAsync(HttpMethod.Get, path, cookie);
        return await response.BodyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Store.Dispose();
    }
}
