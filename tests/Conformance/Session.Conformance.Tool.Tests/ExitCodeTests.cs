namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>What the tool ends with, which is what a build server goes by.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public async Task Zero_where_the_store_conforms()
    {
        var run = await ToolProcess.RunHarnessAsync("SoundHarness");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"Sound: kit {ToolProcess.Kit}, contract 1.0, virtual time, seed 1\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "\nConforms to contract 1.0, recommended, plus all, length and clear, compare and set, prune. Not tried, with a reason: "
                + "NFD-06, NFD-09, NFD-10, CAN-05, ERR-09, ERR-04, ERR-05, DSP-05, SEC-01.\n",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Zero_where_the_store_needs_a_package_and_a_native_library_that_the_tool_has_not()
    {
        var run = await ToolProcess.RunHarnessAsync(
            "ServerSessions.Conformance.Tool.Harnesses.SqliteHarness",
            "--level",
            "required,recommended"
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Conforms to contract 1.0, recommended", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MinimalStoreHarness", "Conforms to contract 1.0, required. Required, and not tried: NFD-06, ")]
    [InlineData("DistributedCacheStoreHarness", "Conforms to contract 1.0, required, plus reopening, peers. Required, and not tried: ")]
    public async Task Five_where_required_cases_were_not_tried_in_a_test_project_as_the_samples_are(string harness, string verdict)
    {
        var run = await ToolProcess.RunAsync("run", ToolProcess.CustomStore, "--harness", harness);

        Assert.Equal((5, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(verdict, run.Lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_where_a_case_failed_that_counts()
    {
        var run = await ToolProcess.RunHarnessAsync("ForgetfulHarness");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Contains(
            "\nGSD-04 After destroy the session is absent.\n  outcome:     Failed, required\n  expected:    after destroy: absent (null)\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  consequence: A user who has signed out is still signed in, on this computer and on a stolen one.\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.StartsWith("Does not conform: GSD-04, ", run.Lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_that_repeats_a_failure_repeats_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The line is run by sh.");
        var first = await ToolProcess.RunHarnessAsync("ForgetfulHarness", "--case", "GSD-04", "--seed", "7");
        var line = Assert.Single(first.Lines, static line => line.StartsWith("  repeat:", StringComparison.Ordinal))["  repeat:".Length..];

        var again = await ProgramRun.RunAsync("sh", ["-c", line]);

        Assert.Contains("--case GSD-04 --seed 7", line, StringComparison.Ordinal);
        Assert.Equal((1, "Does not conform: GSD-04 failed."), (again.ExitCode, again.Lines[^2]));
    }

    [Fact]
    public async Task Two_where_only_a_recommended_case_failed_and_that_was_asked_for()
    {
        var run = await ToolProcess.RunHarnessAsync("WeakHarness");
        var strict = await ToolProcess.RunHarnessAsync("WeakHarness", "--strict");

        Assert.Equal((0, 2), (run.ExitCode, strict.ExitCode));
        Assert.StartsWith("Conforms to contract 1.0, required. ", strict.Lines[^2], StringComparison.Ordinal);
        Assert.EndsWith(" Recommended, and failed: CAP-02.", strict.Lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_where_the_harness_is_unusable_and_the_store_is_not_judged()
    {
        var run = await ToolProcess.RunHarnessAsync("OneStoreHarness");

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        var text = string.Join('\n', run.Lines.Where(static line => !line.StartsWith("  repeat:", StringComparison.Ordinal)));
        Assert.Equal(
            $"""
            OneStore: kit {ToolProcess.Kit}, contract 1.0, virtual time, seed 1

              HAR  1 passed, 1 failed, 5 blocked: HAR-01

            HAR-01 Every call of CreateStoreAsync creates a separate store.
              outcome:     Failed, preflight
              expected:    another object for another space
              observed:    the same store object twice
              consequence: Nothing that the kit would say about the store could be relied on.
              usual cause: the harness returns one static store
              usual cause: the harness returns null
              run:         OneStore, Virtual time, seed 1

            Not judged: the harness cannot be relied on (HAR-01).

            """.ReplaceLineEndings("\n"),
            text
        );
    }

    [Fact]
    public async Task Three_where_nothing_can_run()
    {
        var run = await ToolProcess.RunHarnessAsync("AbsentServerHarness");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(
            $"AbsentServer: kit {ToolProcess.Kit}, contract 1.0, virtual time, seed 1\n\nNot run: There is no server here.\n",
            run.Output
        );
    }

    [Fact]
    public async Task Three_where_the_harness_cannot_be_made()
    {
        var run = await ToolProcess.RunHarnessAsync("ThrowingHarness");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(
            "error: The constructor of ServerSessions.Conformance.Tool.Harnesses.ThrowingHarness threw InvalidOperationException: "
                + "There is no connection string.\n",
            run.Error
        );
    }

    [Theory]
    [InlineData("is missing required argument 'ASSEMBLY'", "run")]
    [InlineData("Unknown command 'judge'", "judge")]
    [InlineData("Unknown option 'colour'", "run", "{harnesses}", "--colour")]
    [InlineData(
        "There is no file missing.dll. Build the project first, with the configuration of the path: dotnet build\n",
        "run",
        "missing.dll"
    )]
    [InlineData("with the configuration of the path: dotnet build -c Release\n", "run", "bin/Release/net10.0/missing.dll")]
    [InlineData("is a folder; name the assembly in it", "run", "{folder}")]
    [InlineData("is no .NET assembly", "run", "{folder}/Session.Conformance.Tool.Harnesses.deps.json")]
    [InlineData("There is no harness in", "run", "{folder}/Session.Abstractions.dll")]
    [InlineData("ServerSessions.Conformance.Tool.Harnesses.WeakHarness. Name one with --harness.", "run", "{harnesses}")]
    [InlineData("There is no harness Nobody in", "run", "{harnesses}", "--harness", "Nobody")]
    [InlineData(
        "There is no case or group XYZ. The groups are: HAR, GSD,",
        "run",
        "{harnesses}",
        "--harness",
        "SoundHarness",
        "--case",
        "XYZ"
    )]
    [InlineData(
        "There is no case TCH-99. In its group there are: TCH-01,",
        "run",
        "{harnesses}",
        "--harness",
        "SoundHarness",
        "--case",
        "TCH-99"
    )]
    [InlineData(
        "There is no level high. There are: preflight, required, recommended, optional, hardened.",
        "run",
        "{harnesses}",
        "--level",
        "high"
    )]
    [InlineData("There is no report pdf. There are: md, json, junit, badge.", "run", "{harnesses}", "--report", "md,pdf")]
    [InlineData(
        "No case is both of these levels and among these cases.",
        "run",
        "{harnesses}",
        "--harness",
        "SoundHarness",
        "--level",
        "hardened",
        "--case",
        "GSD"
    )]
    [InlineData("abc", "run", "{harnesses}", "--seed", "abc")]
    [InlineData("There is no case TCH-99.", "explain", "TCH-99")]
    [InlineData("missing.json cannot be read", "matrix", "missing.json")]
    [InlineData("There is no completion for csh. There are: bash, zsh, fish.", "completion", "csh")]
    [InlineData("--at-once takes a number of cases: 1 or more.", "run", "{harnesses}", "--at-once", "0")]
    public async Task Four_where_the_tool_is_used_wrongly_and_it_says_how(string message, params string[] arguments)
    {
        var folder = Path.GetDirectoryName(ToolProcess.Harnesses)!;
        var run = await ToolProcess.RunAsync([
            .. arguments.Select(argument =>
                argument
                    .Replace("{harnesses}", ToolProcess.Harnesses, StringComparison.Ordinal)
                    .Replace("{folder}", folder, StringComparison.Ordinal)
            ),
        ]);

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Four_where_a_store_is_named_in_place_of_its_tests_and_the_tests_beside_it_are_named()
    {
        var library = ToolProcess.CustomStore.Replace(".Tests", "", StringComparison.Ordinal);
        var run = await ToolProcess.RunAsync("run", library);

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"error: There is no harness in {library}: it does not use the package Session.Conformance. It is a library with "
                + "CustomStore.DistributedCacheStore, CustomStore.MinimalStore, CustomStore.TableStore. Name the assembly of the "
                + $"project that has the harness, as a rule the tests: {ToolProcess.CustomStore}. A harness is a class that derives from "
                + "ServerSessions.Conformance.SessionStoreHarness.\n",
            run.Error
        );
    }

    [Fact]
    public async Task Four_where_a_store_is_named_whose_driver_is_not_beside_it_and_it_says_the_same()
    {
        using var folder = new TempFolder();
        var library = folder.File("CustomStore.dll");
        File.Copy(ToolProcess.CustomStore.Replace(".Tests", "", StringComparison.Ordinal), library);
        var run = await ToolProcess.RunAsync("run", library);

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(
            $"error: There is no harness in {library}: it does not use the package Session.Conformance. ",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("as a rule the tests, such as bin/Release/net10.0/MyStore.Tests.dll.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_the_run_and_the_harness_still_clears_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kill is sent as Linux has it.");
        using var process = ProgramRun.Start("dotnet", [ToolProcess.Program, "run", ToolProcess.Harnesses, "--harness", "WaitingHarness"]);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(120));

        // The header is written when the signal's handler is long there.
        Assert.StartsWith("Waiting: ", await process.StandardOutput.ReadLineAsync(timeout.Token), StringComparison.Ordinal);
        await ProgramRun.RunAsync("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var rest = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("the harness was disposed", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_harnesses_share_is_stopped_when_the_process_ends()
    {
        var run = await ToolProcess.RunHarnessAsync("StartedServerHarness", "--case", "GSD-01");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("the server was stopped\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.Lines.Count(static line => line == "the server was stopped"));
        Assert.Contains("the harness was disposed", run.Lines);
    }
}
