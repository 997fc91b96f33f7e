using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using ServerSessions.SignalR.Tests.Support;
using ServerSessions.SignIn.Tests.Sample;

namespace ServerSessions.SignalR.Tests.Sample;

/// <summary>The sample works as its page says.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_chat_names_who_is_signed_in_and_ends_with_the_sign_out()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var ada = new Visitor(sample.Address);
        using var bob = new Visitor(sample.Address);

        var page = await ada.Browser.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("<script src=\"chat.js\">", page, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ada.ConnectAsync(HttpTransportType.WebSockets));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        await ada.SignInAsync("ada");
        await bob.SignInAsync("bob");
        await using var first = await ada.ConnectAsync(HttpTransportType.WebSockets);
        await using var second = await ada.ConnectAsync(HttpTransportType.ServerSentEvents);
        await using var other = await bob.ConnectAsync(HttpTransportType.LongPolling);
        await first.CallAsync("Say", "tea?");
        await second.CallAsync("Say", "or coffee?");
        await other.CallAsync("Say", "tea.");
        await Bounded.UntilAsync(
            () => bob.Said.Count == 3,
            "what all have said",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["ada 1: tea?", "ada 2: or coffee?", "bob 1: tea."], bob.Said);

        using var signedOut = await ada.Browser.PostAsync(new Uri("/sign-out", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
        Assert.Null(await first.ClosedAsync());
        Assert.Null(await second.ClosedAsync());
        await Bounded.UntilAsync(() => bob.Present == "bob", "the presence of bob alone", TestContext.Current.CancellationToken);
        Assert.True(other.IsOpen);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_open_a_connection_with_the_visitors_session()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var ada = new Visitor(sample.Address);
        await ada.SignInAsync("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/negotiate?negotiateVersion=1");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var response = await ada.Browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    /// <summary>A browser with its cookies, and what its chat shows.</summary>
    private sealed class Visitor : IDisposable
    {
        private readonly CookieContainer _cookies = new();
        private readonly Uri _address;
        private readonly List<string> _said = [];
        private volatile string _present = "";

        public Visitor(Uri address)
        {
            _address = address;
            Browser = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }) { BaseAddress = address };
        }

        public HttpClient Browser { get; }

        public string Present => _present;

        public IReadOnlyList<string> Said
        {
            get
            {
                lock (_said)
                {
                    return [.. _said];
                }
            }
        }

        public async Task SignInAsync(string user)
        {
            using var response = await Browser.PostAsJsonAsync(new Uri("/sign-in", UriKind.Relative), new { user });
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        public async Task<HubClient> ConnectAsync(HttpTransportType transport)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl(new Uri(_address, "/chat"), transport, options => options.Cookies = _cookies)
                .WithAutomaticReconnect()
                .Build();
            var isPresent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.On<string[]>("present", users =>
            {
                _present = string.Join(", ", users);
                isPresent.TrySetResult();
            });
            connection.On<string, string, int>("said", (user, text, count) =>
            {
                lock (_said)
                {
                    _said.Add($"{user} {count}: {text}");
                }
            });
            await connection.StartAsync(TestContext.Current.CancellationToken).WithinBoundAsync($"the connection over {transport}");

            // The client has connected as soon as it has shaken hands, and gets what the hub sends to all some time later.
            await isPresent.Task.WithinBoundAsync($"the presence of the connection over {transport}");
            return new HubClient(connection);
        }

        public void Dispose() => Browser.Dispose();
    }
}
