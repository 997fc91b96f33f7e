using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Stores.Tests;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_record_keeps_its_own_expiry_also_one_that_has_passed()
    {
        var clock = Clock(TimeSpan.FromHours(1));

        Assert.Equal(Now.AddDays(-1), clock.ExpiryOf(Now.AddDays(-1), clock.Now));
        Assert.Equal(Now.AddDays(9), clock.ExpiryOf(Now.AddDays(9), clock.Now));
    }

    [Fact]
    public void A_record_without_an_expiry_gets_the_default_lifetime_from_now() =>
        Assert.Equal(Now.AddHours(1), Clock(TimeSpan.FromHours(1)).ExpiryOf(null, Now));

    [Fact]
    public void A_default_lifetime_beyond_the_calendar_is_cut() =>
        Assert.Equal(DateTimeOffset.MaxValue, Clock(TimeSpan.MaxValue).ExpiryOf(null, Now));

    [Fact]
    public void A_session_has_expired_from_its_expiry_on()
    {
        var time = new FakeTimeProvider(Now);
        var clock = new StoreClock(time, TimeSpan.FromHours(1));
        var expires = Now.AddMinutes(5);

        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.False(clock.HasExpired(expires));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(clock.HasExpired(expires));
        Assert.False(clock.HasExpired(null));
    }

    private static StoreClock Clock(TimeSpan lifetime) => new(new FakeTimeProvider(Now), lifetime);
}
