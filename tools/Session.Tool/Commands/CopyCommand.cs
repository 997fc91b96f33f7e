using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ServerSessions.Tool.Copying;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary><c>copy</c>: any store to any other. Goes on where an earlier run was cut.</summary>
internal static class CopyCommand
{
    private static readonly Option<double> Rate = new("--rate")
    {
        Description = "The most sessions a second. Default: no limit.",
        HelpName = "N",
    };

    private static readonly Option<int> AtOnce = new("--parallel")
    {
        Description = "How many sessions are copied at once.",
        HelpName = "N",
        DefaultValueFactory = static _ => 8,
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "After how many sessions the checkpoint is flushed.",
        HelpName = "N",
        DefaultValueFactory = static _ => 500,
    };

    private static readonly Option<int> Retries = new("--retries")
    {
        Description = "How often a call is repeated that may succeed later.",
        HelpName = "N",
        DefaultValueFactory = static _ => 5,
    };

    private static readonly Option<string?> Overwrite = new("--overwrite")
    {
        Description = "Replace a session of the target that expires earlier. Default: leave it.",
        HelpName = "older",
    };

    private static readonly Option<bool> Final = new("--final")
    {
        Description = "Remove from the target what this copy created and the source no longer has.",
    };

    private static readonly Option<bool> NoVerify = new("--no-verify") { Description = "Do not compare the two stores afterwards." };
    private static readonly Option<string?> File = new("--checkpoint")
    {
        Description = "The file that notes what is done.",
        HelpName = "FILE",
    };
    private static readonly Option<bool> NoCheckpoint = new("--no-checkpoint")
    {
        Description = "Note nothing. Another run looks at every session.",
    };

    public static Command Create() =>
        new Command("copy", "Copy the sessions of one store to another, and verify the copy.").Runs(
            RunAsync,
            StorePair.From,
            StorePair.To,
            StorePair.FromOption,
            StorePair.ToOption,
            Rate,
            AtOnce,
            Batch,
            Retries,
            Overwrite,
            Final,
            NoVerify,
            File,
            NoCheckpoint,
            Confirmation.DryRun
        );

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (from, to) = StorePair.Of(invocation);
        Check(invocation);
        var isDryRun = invocation.Get(Confirmation.DryRun);
        var plan = new CopyPlan
        {
            Source = await invocation.OpenAsync(from, options: StorePair.FromOption),
            Target = await invocation.OpenAsync(to, creates: !isDryRun, StorePair.ToOption),
            Parallel = invocation.Get(AtOnce),
            Batch = invocation.Get(Batch),
            Retries = invocation.Get(Retries),
            Rate = invocation.Get(Rate),
            OverwriteOlder = invocation.Get(Overwrite) is not null,
            IsDryRun = isDryRun,
            IsFinal = invocation.Get(Final),
        };
        if (plan.Target.Conditional is null)
        {
            invocation.Report.Warning(
                $"the {plan.Target.Store.Backend} store has no compare-and-set. What is written to it while the copy runs may be replaced."
            );
        }

        using var checkpoint =
            isDryRun || invocation.Get(NoCheckpoint)
                ? Checkpoint.InMemory()
                : Checkpoint.Open(invocation.Get(File) ?? DefaultFile(from, to, invocation), Pair(from, to, invocation), plan.Batch);
        return await new CopyRun(plan, checkpoint, invocation.Report).RunAsync(!invocation.Get(NoVerify), invocation.Token);
    }

    private static void Check(Invocation invocation)
    {
        if (invocation.Get(AtOnce) is < 1 or > 256)
        {
            throw new ToolException("--parallel must be 1 to 256.");
        }

        if (invocation.Get(Batch) is < 1 or > 1_000_000)
        {
            throw new ToolException("--batch must be 1 to 1,000,000.");
        }

        if (invocation.Get(Retries) is < 0 or > 20)
        {
            throw new ToolException("--retries must be 0 to 20.");
        }

        if (invocation.Get(Rate) is < 0)
        {
            throw new ToolException("--rate must be more than 0.");
        }

        if (invocation.Get(Overwrite) is not (null or "older"))
        {
            throw new ToolException("--overwrite takes 'older' only: a session that expires later is never replaced.");
        }

        if (invocation.Get(Final) && (invocation.Get(NoVerify) || invocation.Get(Confirmation.DryRun) || invocation.Get(NoCheckpoint)))
        {
            throw new ToolException("--final needs the verification and the checkpoint, and is no dry run.");
        }
    }

    // Without passwords, which may change between two runs.
    private static string Pair(StoreAddress from, StoreAddress to, Invocation invocation) =>
        $"{StorePair.Place(from.Shown, invocation, StorePair.FromOption)}\n\n{StorePair.Place(to.Shown, invocation, StorePair.ToOption)}";

    private static string DefaultFile(StoreAddress from, StoreAddress to, Invocation invocation)
    {
        var state = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var folder = Path.Combine(state.Length > 0 ? state : Path.GetTempPath(), "session-tool");
        Directory.CreateDirectory(folder);
        var pair = SHA256.HashData(Encoding.UTF8.GetBytes(Pair(from, to, invocation)));
        return Path.Combine(folder, $"copy-{Convert.ToHexStringLower(pair.AsSpan(0, 6))}.checkpoint");
    }
}
