namespace ServerSessions.Stores.Tests;

public sealed class ConnectionEventsTests
{
    private static readonly ISessionStore Store = new BoxStore(new BoxStoreOptions());

    [Fact]
    public void A_change_is_logged_and_every_handler_is_called_with_the_store_even_if_one_throws()
    {
        using var log = new LogLines();
        var events = new ConnectionEvents(Store, "The box", log.CreateLogger("box"));
        var called = new List<string>();
        events.Disconnected += (sender, _) =>
        {
            Assert.Same(Store, sender);
            called.Add("first");
            throw new InvalidTimeZoneException();
        };
        events.Disconnected += (_, _) => called.Add("second");
        events.Connected += (_, _) => called.Add("connected");

        events.Report(isReachable: false);
        events.Report(isReachable: true);

        Assert.Equal(["first", "second", "connected"], called);
        Assert.Equal(
            ["box Disconnected Warning", "box HandlerFailed Error", "box Connected Information"],
            log.Lines.Select(static line => $"{line.Category} {line.Event.Name} {line.Level}")
        );
    }
}
