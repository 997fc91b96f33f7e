using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <content>The application under test, and what is read of its sessions.</content>
public sealed partial class NewIdLimitTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly FakeTimeProvider _time = new(Start);
    private readonly RecordingStore _store;
    private readonly TaskCompletionSource _firstEnded = new();

    public NewIdLimitTests() => _store = new RecordingStore(_time);

    public void Dispose() => _store.Dispose();

    /// <summary>A session that has no instant at which it was made, and its cookie.</summary>
    private async Task<string> PutNodesSessionAsync(TestApp app)
    {
        using var begin = await app.GetAsync("/sign-up");
        var nodes =
            """{"cookie":{"originalMaxAge":10800000,"expires":"2026-03-01T15:00:00.000Z","httpOnly":true,"path":"/"},"user":"bob","cart":7}"""u8;
        await _store.Inner.SetAsync(SidOf(begin.Cookie()), new SessionRecord(nodes.ToArray(), Start + TimeSpan.FromHours(3)));
        return begin.Cookie();
    }

    private static string SidOf(string cookie) => Uri.UnescapeDataString(cookie).Split("s:")[1].Split('.')[0];

    private static DateTimeOffset CreatedAt(SessionRecord record)
    {
        Assert.True(SessionDocument.Parse(record.Payload).TryGetJson("__created", out var json));
        return DateTimeOffset.Parse(Encoding.UTF8.GetString(json.Span).Trim('"'), CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset CookieExpiry(HttpResponseMessage response)
    {
        var attribute = response.SetCookie()!.Split("; ").Single(static part => part.StartsWith("Expires=", StringComparison.Ordinal));
        return DateTimeOffset.Parse(attribute["Expires=".Length..], CultureInfo.InvariantCulture);
    }

    private async Task<TestApp> StartAsync(
        string place,
        Func<ServerSession, HttpContext, Task>? custom = null,
        Action<ServerSessionOptions>? options = null
    ) =>
        await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value![1..])
                {
                    case "sign-up":
                        session.Set("user", "ann");
                        break;
                    case "custom":
                        await custom!(session, context);
                        return;
                    case { Length: > 0 } how:
                        await session.GiveAsync(Enum.Parse<NewId>(how));
                        session.Set("user", how == nameof(NewId.Regenerated) ? "new" : session.Get<string>("user"));
                        break;
                }

                await context.Response.WriteAsync(session.Get<string>("user") ?? "");
            },
            session =>
            {
                // Longer than the limit: what ends the cookie is the limit.
                session.Cookie.MaxAge = TimeSpan.FromHours(3);
                session.AbsoluteTimeout = Limit;
                session.Protection.HashIds = place == "hashed ids";
                if (place == "encrypted")
                {
                    session.Protection.Key = Key;
                }

                options?.Invoke(session);
            },
            place == "no compare and set" ? new PlainStore(_store) : _store,
            time: _time
        );
}
