using System.Text;

namespace ServerSessions.Stores.Memory.Tests;

/// <summary>A store on a clock that stands still until the test moves it.</summary>
public abstract class MemoryStoreTest : IDisposable
{
    protected const string EmptyCookie = """{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""";

    protected MemoryStoreTest()
    {
        Store = new MemorySessionStore(new MemorySessionStoreOptions(), Time);
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    protected MemorySessionStore Store { get; }

    protected DateTimeOffset Now => Time.GetUtcNow();

    public void Dispose()
    {
        Store.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string Json(SessionRecord? record) => Encoding.UTF8.GetString(Assert.IsType<SessionRecord>(record).Payload.Span);

    protected static string Payload(string content) => $$"""{"cookie":{{EmptyCookie}},{{content}}}""";

    protected static SessionRecord Raw(string payload, DateTimeOffset? expires = null) => new(Encoding.UTF8.GetBytes(payload), expires);

    protected SessionRecord Record(string content, TimeSpan? lifetime = null) =>
        Raw(Payload(content), Now + (lifetime ?? TimeSpan.FromHours(1)));

    protected async Task<List<string>> AllSids()
    {
        var sids = new List<string>();
        await foreach (var entry in Store.AllAsync(Cancel))
        {
            sids.Add(entry.Sid);
        }

        return sids;
    }
}
