namespace ServerSessions.Tests.Users;

public sealed class DeviceLabelTests
{
    private const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ";

    [Theory]
    [InlineData(UsersApp.Firefox, "Firefox on Windows")]
    [InlineData(Mac + "Version/18.5 Safari/605.1.15", "Safari on macOS")]
    [InlineData(Windows + "Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows")]
    [InlineData(Windows + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData(Windows + "Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", "Opera on Windows")]
    [InlineData("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Safari/604.1", "Chrome on iPhone")]
    [InlineData("curl/8.14.1", "curl")]
    [InlineData("something else", null)]
    public async Task A_device_is_described_by_browser_and_system_and_what_is_not_known_is_left_out(string agent, string? label)
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada", agent: agent);

        Assert.Equal(label, Assert.Single((await app.Users.ListAsync("ada")).Sessions).Login.Label);
    }

    [Fact]
    public async Task A_description_of_the_application_is_cut_to_100_characters()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Label = static _ => new string('x', 99) + "😀");
        await app.SignInAsync("ada");

        Assert.Equal(new string('x', 99), Assert.Single((await app.Users.ListAsync("ada")).Sessions).Login.Label);
    }
}
