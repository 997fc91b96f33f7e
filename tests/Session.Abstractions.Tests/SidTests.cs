namespace Session.Tests;

public sealed class SidTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("user/1 é;,\"")]
    [InlineData("😀")]
    public void Any_well_formed_text_may_be_a_sid(string sid) => Assert.True(Sid.IsValid(sid));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\ud800b")]
    [InlineData("\udc00")]
    public void Nothing_and_what_a_backend_cannot_hold_is_refused(string? sid)
    {
        Assert.False(Sid.IsValid(sid));
        var error = Assert.ThrowsAny<ArgumentException>(() => Sid.ThrowIfInvalid(sid!));
        Assert.Equal(nameof(sid), error.ParamName);
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
