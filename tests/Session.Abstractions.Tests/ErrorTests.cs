using ServerSessions.Payload;

namespace ServerSessions.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void A_store_error_says_what_failed_where_and_whether_it_may_pass()
    {
        var cause = new IOException("cause");
        var error = new SessionStoreException("message", SessionStoreOperation.Touch, "Sqlite", isTransient: true, cause);
        Assert.Equal(("message", SessionStoreOperation.Touch, "Sqlite", true), (error.Message, error.Operation, error.Backend, error.IsTransient));
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
        string[] payloads =
        [
            "\ufeff{}", "{", "[]", "{}",
        ];
        var errors = payloads.Select(static payload =>
            Assert.Throws<SessionPayloadException>(() => SessionDocument.Parse(System.Text.Encoding.UTF8.GetBytes(payload)))).ToList();

        Assert.Equal(payloads.Length, errors.Select(static error => error.Error).Distinct().Count());
        Assert.Equal(payloads.Length, errors.Select(static error => error.Message).Distinct().Count());
        Assert.All(errors, static error =>
        {
            Assert.False(error.IsTransient);
            Assert.Equal(SessionStoreOperation.Get, error.Operation);
            Assert.Contains("Remove or repair the record.", error.Message, StringComparison.Ordinal);
        });
    }
}
