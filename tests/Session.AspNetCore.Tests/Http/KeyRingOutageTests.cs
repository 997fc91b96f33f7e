using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Http;

/// <summary>Data Protection whose keys cannot be read: a visitor is then unknown, and not one without a session.</summary>
public sealed class KeyRingOutageTests : IDisposable
{
    private readonly RecordingStore _store = new();
    private readonly KeysElsewhere _keys = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_session_whose_keys_cannot_be_read_is_unavailable_and_opens_once_they_can()
    {
        HttpResponseMessage begin;
        await using (var before = await StartAsync())
        {
            begin = await before.GetAsync("/?v=1");
        }

        _keys.IsAway = true;
        await using var app = await StartAsync();
        using var away = await app.GetAsync("/read", begin.Cookie());
        _keys.IsAway = false;
        using var back = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal((503, 1, 0), ((int)away.StatusCode, app.Logs.Count("LoadFailed"), app.Logs.Count("RecordRefused")));
        Assert.Equal("1", await back.BodyAsync());
        begin.Dispose();
    }

    [Fact]
    public async Task A_session_that_cannot_be_encrypted_is_not_stored_and_the_response_says_so()
    {
        _keys.IsAway = true;
        await using var app = await StartAsync();
        using var away = await app.GetAsync("/?v=1");

        Assert.Equal((503, 1), ((int)away.StatusCode, app.Logs.Count("CommitFailed")));
        Assert.Null(away.SetCookie());
        Assert.Empty(await _store.Inner.AllAsync().ToListAsync());
    }

    private Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Query["v"].ToString() is { Length: > 0 } value)
                {
                    session.Set("v", value);
                }

                return context.Response.WriteAsync(session.Get<string>("v") ?? "");
            },
            store: _store,
            sessions: sessions =>
            {
                sessions.EncryptPayloadWithDataProtection();
                sessions.Services.Configure<KeyManagementOptions>(options => options.XmlRepository = _keys);
            }
        );

    private sealed class KeysElsewhere : IXmlRepository
    {
        private readonly List<XElement> _elements = [];

        public bool IsAway { get; set; }

        public IReadOnlyCollection<XElement> GetAllElements() => IsAway ? throw new IOException("the share is away") : [.. _elements];

        public void StoreElement(XElement element, string friendlyName) => _elements.Add(element);
    }
}
