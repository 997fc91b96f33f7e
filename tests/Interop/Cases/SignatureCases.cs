using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>Which cookies are believed: signature, secrets, and how the header is read.</summary>
public sealed class SignatureCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string TwoSecrets =
        """{"secret":["the new secret of the cases, long enough","the old secret — ключ — of the cases"],"resave":false,"saveUninitialized":false}""";

    [Theory, BothSides]
    public Task A_rightly_signed_cookie_brings_its_session(Side side) => Believed(side, SentCookie.Latest);

    [Theory, BothSides]
    public Task A_tampered_signature_begins_a_new_session_and_the_store_is_not_asked(Side side) =>
        NotBelieved(side, SentCookie.TamperedSignature);

    [Theory, BothSides]
    public Task A_tampered_id_begins_a_new_session_and_the_store_is_not_asked(Side side) => NotBelieved(side, SentCookie.TamperedSid);

    [Theory, BothSides]
    public Task An_unsigned_cookie_begins_a_new_session_and_the_store_is_not_asked(Side side) => NotBelieved(side, SentCookie.Unsigned);

    [Theory, BothSides]
    public Task A_cookie_without_a_signature_begins_a_new_session(Side side) => NotBelieved(side, SentCookie.PrefixWithoutSignature);

    [Theory, BothSides]
    public Task A_padded_signature_is_a_wrong_one(Side side) => NotBelieved(side, SentCookie.PaddedSignature);

    [Theory, BothSides]
    public Task A_cookie_signed_with_another_secret_begins_a_new_session(Side side) =>
        NotBelieved(side, SentCookie.SignedWithForeignSecret);

    [Theory, BothSides]
    public Task Of_two_cookies_of_the_name_the_first_counts_where_it_is_the_right_one(Side side) =>
        Believed(side, SentCookie.RightBeforeWrong);

    [Theory, BothSides]
    public Task Of_two_cookies_of_the_name_the_first_counts_where_it_is_the_wrong_one(Side side) =>
        NotBelieved(side, SentCookie.WrongBeforeRight);

    [Theory, BothSides]
    public Task Of_two_cookies_of_the_name_the_first_counts_where_it_is_empty(Side side) => NotBelieved(side, SentCookie.EmptyBeforeRight);

    [Theory, BothSides]
    public Task The_cookie_is_found_among_others(Side side) => Believed(side, SentCookie.AmongOthers);

    [Theory, BothSides]
    public Task The_cookie_may_stand_in_quotes(Side side) => Believed(side, SentCookie.Quoted);

    [Theory, BothSides]
    public Task The_cookie_need_not_be_percent_encoded(Side side) => Believed(side, SentCookie.Unescaped);

    [Theory, BothSides]
    public Task An_id_that_the_store_does_not_know_is_never_adopted(Side side) =>
        On(side, Quiet)
            .Send(Id, Keys)
            .With(cookie: SentCookie.UnknownSid)
            .Gives("id1", Array.Empty<string>())
            .Calls("get")
            .SetsNoCookie()
            .Send(Set("a", 1))
            .With(cookie: SentCookie.UnknownSid)
            .Calls("get", "set")
            .SetsCookie("id2", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task The_first_secret_signs(Side side) =>
        On(side, TwoSecrets).Send(Set("a", 1)).SetsCookie("id1", "Path=/; HttpOnly").RunAsync();

    [Theory, BothSides]
    public Task Every_secret_verifies(Side side) =>
        On(side, TwoSecrets)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .With(cookie: SentCookie.SignedWithSecondSecret)
            .Gives(1)
            .Calls("get", "touch")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task A_cookie_signed_with_an_old_secret_is_signed_with_the_new_one_when_it_is_next_set(Side side) =>
        On(side, TwoSecrets.Replace("\"resave\"", "\"rolling\":true,\"resave\"", StringComparison.Ordinal))
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .With(cookie: SentCookie.SignedWithSecondSecret)
            .Gives(1)
            .SetsCookie("id1", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task A_secret_that_is_in_the_array_no_more_verifies_nothing(Side side) =>
        On(side, TwoSecrets)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .With(cookie: SentCookie.SignedWithForeignSecret)
            .Gives([null])
            .Calls()
            .RunAsync();

    private Task Believed(Side side, SentCookie cookie) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"), Id)
            .With(cookie: cookie)
            .Gives(1, "id1")
            .Calls("get", "touch")
            .SetsNoCookie()
            .RunAsync();

    private Task NotBelieved(Side side, SentCookie cookie) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"), Id)
            .With(cookie: cookie)
            .Gives(null, "id2")
            .Calls()
            .SetsNoCookie()
            .Stores("""{"a":1}""")
            .Send(Get("a"), Id)
            .Gives(1, "id1")
            .RunAsync();
}
