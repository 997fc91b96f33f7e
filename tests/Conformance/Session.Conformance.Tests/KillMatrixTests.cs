using System.Reflection;

namespace ServerSessions.Conformance.Tests;

public sealed class KillMatrixTests
{
    private const string Update = "SESSION_UPDATE_GENERATED";

    private static readonly string File = Path.Combine(
        typeof(KillMatrixTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot")
            .Value!,
        "tests/Conformance/Session.Conformance.Tests/kill-matrix.md"
    );

    [Fact]
    public async Task Every_case_rejects_a_mutant_no_mutant_lives_and_the_matrix_is_the_one_that_is_checked_in()
    {
        var matrix = await KillMatrix.MakeAsync(TestContext.Current.CancellationToken);

        Assert.Empty(matrix.Survivors);
        Assert.Empty(matrix.CasesThatKillNothing);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            await System.IO.File.WriteAllTextAsync(File, matrix.ToMarkdown(), TestContext.Current.CancellationToken);
        }

        var stored = System.IO.File.Exists(File) ? await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken) : "";
        var (old, made) = (stored.ReplaceLineEndings("\n"), matrix.ToMarkdown());
        Assert.True(
            old == made,
            $"{File} is stale: run this test with {Update}=1 and review what has changed. Lines that are new:\n"
                + string.Join('\n', made.Split('\n').Except(old.Split('\n')))
        );
    }
}
