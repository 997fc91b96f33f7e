namespace ServerSessions.Tests;

public sealed class SidTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("user/1 é;,\"")]
    [InlineData("😀")]
    public void Any_well_formed_text_may_be_a_sid(string sid) => Assert.True(Sid.IsValid(sid));

    // Not theory data: a lone surrogate would not survive the way from discovery to the test.
    [Fact]
    public void Nothing_and_what_a_backend_cannot_hold_is_refused()
    {
        Assert.All([null, "", "a\0b", "a\ud800b", "\udc00", "\udc00\ud800"], static sid =>
        {
            Assert.False(Sid.IsValid(sid));
            var error = Assert.ThrowsAny<ArgumentException>(() => Sid.ThrowIfInvalid(sid!));
            Assert.Equal(nameof(sid), error.ParamName);
        });
    }

    [Fact]
    public void The_refusal_does_not_repeat_the_sid()
    {
        var sid = "canary\0";
        Assert.All<Action>([() => Sid.ThrowIfInvalid(sid), () => Sid.Fingerprint(sid)], static call =>
            Assert.DoesNotContain("canary", Assert.Throws<ArgumentException>(call).ToString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_longest_sid_has_512_characters()
    {
        Assert.True(Sid.IsValid(new string('a', 512)));
        Assert.False(Sid.IsValid(new string('a', 513)));
    }

    [Fact]
    public void A_fingerprint_is_short_stable_and_not_part_of_the_id()
    {
        var sid = "AbCdEfGhIjKlMnOpQrStUvWxYz012345";
        var fingerprint = Sid.Fingerprint(sid);
        Assert.Matches("^[0-9a-f]{8}$", fingerprint);
        Assert.Equal(fingerprint, Sid.Fingerprint(sid));
        Assert.NotEqual(fingerprint, Sid.Fingerprint(sid + "6"));
    }
}
