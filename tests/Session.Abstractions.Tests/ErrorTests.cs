using ServerSessions.Payload;

namespace ServerSessions.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void A_store_error_says_what_failed_where_and_whether_it_may_pass()
    {
        var cause = new IOException("cause");
        var error = new SessionStoreException("message", SessionStoreOperation.Touch, "SQLite", isTransient: true, cause);
        Assert.Equal(
            ("message", SessionStoreOperation.Touch, "SQLite", true),
            (error.Message, error.Operation, error.Backend, error.IsTransient)
        );
        Assert.Same(cause, error.InnerException);
    }

    [Fact]
    public void An_unavailable_backend_is_transient_and_a_missing_session_is_not()
    {
        Assert.True(new SessionStoreUnavailableException("message", SessionStoreOperation.Open, "Redis").IsTransient);
        Assert.False(new SessionNotFoundException(SessionStoreOperation.Get, "Redis").IsTransient);
    }

    [Fact]
    public void Every_payload_error_is_a_store_error_in_words_of_its_own()
    {
        string[] payloads = ["\ufeff{}", "{", "[]", "{}"];
        var errors = payloads
            .Select(static payload =>
                Assert.Throws<SessionPayloadException>(() => SessionDocument.Parse(System.Text.Encoding.UTF8.GetBytes(payload)))
            )
            .ToList();

        Assert.Equal(payloads.Length, errors.Select(static error => error.Error).Distinct().Count());
        Assert.Equal(payloads.Length, errors.Select(static error => error.Message).Distinct().Count());
        Assert.All(errors, static error =>
        {
            Assert.False(error.IsTransient);
            Assert.Equal(SessionStoreOperation.Get, error.Operation);
            Assert.Contains("Remove or repair the record.", error.Message, StringComparison.Ordinal);
            var ofStore = error.ForStore("Redis", SessionStoreOperation.Set);
            Assert.Equal(("Redis", SessionStoreOperation.Set, false), (ofStore.Backend, ofStore.Operation, ofStore.IsTransient));
            Assert.Equal(
                (error.Error, error.BytePosition, error.Message, error),
                (ofStore.Error, ofStore.BytePosition, ofStore.Message, ofStore.InnerException)
            );
        });
    }

    [Fact]
    public void A_store_that_does_not_say_how_its_backend_is_called_has_the_name_of_its_type_without_SessionStore()
    {
        Assert.Equal("Acme", ((ISessionStore)new AcmeSessionStore()).Backend);
        Assert.Equal("Kept", ((ISessionStore)new KeptStore<int>()).Backend);
        Assert.Equal("Vault", ((ISessionStore)new Vault()).Backend);
        Assert.Equal("Acme 2", ((ISessionStore)new NamedSessionStore()).Backend);
    }

    private class Vault : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;
    }

    private sealed class AcmeSessionStore : Vault;

    private sealed class KeptStore<T> : Vault
    {
        public T? Kept { get; init; }
    }

    private sealed class NamedSessionStore : Vault, ISessionStore
    {
        public string Backend => "Acme 2";
    }
}
