using CliWrap;
using CliWrap.Buffered;

namespace ServerSessions.Packages.Tests;

/// <summary>Runs programs as a reader of the pages would: in a folder, to the end.</summary>
internal static class Shell
{
    // A restore from the gallery on a busy machine; what takes longer hangs.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>Runs a program and returns its output. An exit code other than 0 fails the test and shows the output.</summary>
    public static async Task<string> RunAsync(
        string folder,
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var (exitCode, output) = await TryRunAsync(folder, program, arguments, environment);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}.\n{output}");
        return output;
    }

    /// <summary>Runs a program and returns its exit code and all that it has written.</summary>
    public static async Task<(int ExitCode, string Output)> TryRunAsync(
        string folder,
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var result = await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        return (result.ExitCode, $"{result.StandardOutput}\n{result.StandardError}");
    }
}
