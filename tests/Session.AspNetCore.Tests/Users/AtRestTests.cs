using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Tests.Users;

/// <summary>What the lists and the sessions hold at rest, and what not.</summary>
public sealed class AtRestTests
{
    [Fact]
    public async Task A_list_holds_no_address_no_label_and_no_user_agent()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Address = UserSessionAddress.Full);
        await app.SignInAsync("ada");

        var list = Assert.Single(await app.ListsAtRestAsync()).GetRawText();
        Assert.DoesNotContain("Firefox", list, StringComparison.Ordinal);
        Assert.DoesNotContain(IPAddress.Loopback.ToString(), list, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Loopback.ToString(), (await app.Users.ListAsync("ada")).Sessions.Single().Login.Address);
    }

    [Fact]
    public async Task With_hashed_ids_a_list_holds_hashes()
    {
        await using var app = await UsersApp.StartAsync(options: static options => options.Protection.HashIds = true);
        var cookie = await app.SignInAsync("ada");
        var sid = Uri.UnescapeDataString(cookie.Split('=', 2)[1])[2..].Split('.')[0];

        var list = Assert.Single(await app.ListsAtRestAsync()).GetRawText();
        Assert.DoesNotContain(sid, list, StringComparison.Ordinal);
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(1, (await app.Users.EndAllAsync("ada")).Ended);
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Fact]
    public async Task With_encrypted_payloads_neither_list_nor_session_names_the_user()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await using var app = await UsersApp.StartAsync(options: options => options.Protection.Key = key);
        var cookie = await app.SignInAsync("ada@example.org");

        Assert.DoesNotContain("ada@example.org", Assert.Single(await app.ListsAtRestAsync()).GetRawText(), StringComparison.Ordinal);
        var session = Encoding.UTF8.GetString((await app.Sessions.TheOnlySessionAsync()).Payload.Span);
        Assert.DoesNotContain("ada@example.org", session, StringComparison.Ordinal);
        Assert.Single((await app.Users.ListAsync("ada@example.org")).Sessions);
        Assert.Equal(1, (await app.Users.EndAllAsync("ada@example.org")).Ended);
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Fact]
    public async Task The_sign_in_is_no_key_of_the_session()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        using var test = await ServerSessions.Testing.TestServerSession.CreateAsync();

        Assert.Throws<ArgumentException>(() => test.Session.Set("__login", "forged"));
        var payload = (await app.Sessions.TheOnlySessionAsync()).Payload;
        Assert.Contains("__login", Encoding.UTF8.GetString(payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_address_is_the_network()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Address = UserSessionAddress.Truncated);
        await app.SignInAsync("ada");

        Assert.Equal("127.0.0.0", (await app.Users.ListAsync("ada")).Sessions.Single().Login.Address);
    }

    [Fact]
    public async Task Subjects_differ_in_case_and_the_key_of_the_index_separates_lists()
    {
        await using var app = await UsersApp.StartAsync(static users => users.IndexKey = "a key of lists that never changes");
        await app.SignInAsync("ada");
        await app.SignInAsync("Ada");

        Assert.Equal(2, (await app.ListsAtRestAsync()).Count);
        Assert.Single((await app.Users.ListAsync("Ada")).Sessions);
    }

    [Fact]
    public async Task No_subject_handle_or_address_is_logged()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Address = UserSessionAddress.Full);
        var cookie = await app.SignInAsync("ada-of-the-logs");
        var handle = (await app.Users.ListAsync("ada-of-the-logs")).Sessions.Single().Handle;
        await app.Users.EndAllAsync("ada-of-the-logs");
        await app.WhoAsync(cookie);

        Assert.DoesNotContain(handle, app.Logs.Text, StringComparison.Ordinal);
        var own = app.Logs.Lines.Where(static line => !line.Text.Contains("/in?user=", StringComparison.Ordinal));
        Assert.DoesNotContain("ada-of-the-logs", string.Join('\n', own.Select(static line => line.Text)), StringComparison.Ordinal);
    }
}
