namespace ServerSessions.Interop.Cases.Protocol;

/// <summary>How the host starts, and how it refuses to.</summary>
public sealed class StartTests
{
    private const string Url = "http://127.0.0.1:0";
    private const string Options = """{"secret":"the secret of the cases, long enough for anybody"}""";
    private const string Listening = "Now listening on: ";

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("nonsense:somewhere")]
    [InlineData("sqlite:")]
    [InlineData("sqlite:/no/such/folder/sessions.db")]
    public Task A_bad_store_ends_it_with_2_and_one_line(string store) =>
        IsRefusedAsync("", "--urls", Url, "--store", store, "--options", Options);

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("{}", "secret")]
    [InlineData("""{"secret":""}""", "secret")]
    [InlineData("""{"secret":[]}""", "secret")]
    [InlineData("""{"secret":"s","unset":"delete"}""", "unset")]
    [InlineData("""{"secret":"s","cookie":7}""", "cookie")]
    [InlineData("""{"secret":"s","cookie":{"maxAge":"soon"}}""", "maxAge")]
    [InlineData("""{"secret":"s","cookie":{"sameSite":"sometimes"}}""", "sameSite")]
    public Task Bad_options_end_it_with_2_and_one_line(string options, string named) =>
        IsRefusedAsync(named, "--urls", Url, "--store", "memory", "--options", options);

    [Fact]
    public Task A_missing_argument_ends_it_with_2_and_one_line() => IsRefusedAsync("--options", "--urls", Url, "--store", "memory");

    [Fact]
    public Task An_argument_that_it_does_not_know_ends_it_with_2_and_one_line() => IsRefusedAsync("--port", "--port", "80");

    [Fact]
    public async Task It_says_where_it_listens_and_answers_there()
    {
        using var host = HostProcess.Start("--urls", Url, "--store", "memory", "--options", Options);
        try
        {
            var line = await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith(Listening, line, StringComparison.Ordinal);

            using var http = new HttpClient();
            Assert.Equal(
                "ok",
                await http.GetStringAsync(new Uri(line![Listening.Length..] + "/healthz"), TestContext.Current.CancellationToken)
            );
        }
        finally
        {
            host.Kill();
        }
    }

    private static async Task IsRefusedAsync(string named, params string[] arguments)
    {
        var (exitCode, output, error) = await HostProcess.RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        var line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.True(line.Length > 20, $"It says next to nothing: {line}");
    }
}
