namespace ServerSessions.Stores.Tests;

public sealed class StoreErrorsTests
{
    private static readonly StoreErrors Errors = new("Acme", "the box 'left'");

    [Theory]
    [InlineData(SessionStoreOperation.Get, "Could not read a session from the box 'left': it is locked. Unlock it.")]
    [InlineData(SessionStoreOperation.TrySet, "Could not store a session in the box 'left': it is locked. Unlock it.")]
    [InlineData(SessionStoreOperation.Prune, "Could not remove expired sessions from the box 'left': it is locked. Unlock it.")]
    [InlineData(SessionStoreOperation.Open, "Could not open the box 'left': it is locked. Unlock it.")]
    public void A_message_says_what_was_tried_what_went_wrong_and_what_to_do(SessionStoreOperation operation, string message)
    {
        var error = Errors.Failed(operation, "it is locked. Unlock it.");

        Assert.Equal(message, error.Message);
        Assert.Equal((operation, "Acme", false), (error.Operation, error.Backend, error.IsTransient));
    }

    [Fact]
    public void Every_operation_has_a_verb_of_its_own_and_both_writes_have_one()
    {
        var attempts = Enum.GetValues<SessionStoreOperation>().Select(Errors.Attempt).ToList();

        Assert.Equal(attempts.Count - 1, attempts.Distinct().Count());
    }

    [Fact]
    public void A_backend_that_cannot_be_reached_is_transient_and_keeps_its_cause()
    {
        var cause = new TimeoutException();
        var error = Errors.Unavailable(SessionStoreOperation.Set, "it is away. Wait.", cause);

        Assert.True(error.IsTransient);
        Assert.Same(cause, error.InnerException);
    }

    [Theory]
    [InlineData(2000, "2.0 s")]
    [InlineData(1500, "1.5 s")]
    [InlineData(1, "0.001 s")]
    [InlineData(90_000, "90.0 s")]
    public void A_timeout_is_written_in_seconds(int milliseconds, string text) =>
        Assert.Equal(text, StoreErrors.Seconds(TimeSpan.FromMilliseconds(milliseconds)));
}
