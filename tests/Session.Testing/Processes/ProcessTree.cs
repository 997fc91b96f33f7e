using System.Globalization;

namespace ServerSessions.Testing;

/// <summary>A process and what it has started, read from /proc.</summary>
internal static class ProcessTree
{
    // Where /proc has the time at which a process was started, counted from its state.
    private const int Started = 19;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(1);

    // A thread that is on a processor stops when it next leaves the kernel. Longer than that has another cause.
    private static readonly TimeSpan FreezeTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Stops every process of the tree. The root first, then its children as long as new ones are found: a PostgreSQL backend that the
    /// postmaster started a moment ago is stopped too. A stop is asynchronous as a kill is, so this returns when every thread has stopped.
    /// </summary>
    public static void Freeze(int root)
    {
        Signals.Send(root, Signal.Stop);
        var stopped = new HashSet<int> { root };
        while (Descendants(root).Where(stopped.Add).ToList() is { Count: > 0 } found)
        {
            found.ForEach(static process => Signals.Send(process, Signal.Stop));
        }

        if (!SpinWait.SpinUntil(() => stopped.All(IsStopped), FreezeTimeout))
        {
            throw new TimeoutException($"The processes {string.Join(", ", stopped)} did not stop within {FreezeTimeout}.");
        }
    }

    /// <summary>Lets every process of the tree go on.</summary>
    public static void Thaw(int root)
    {
        foreach (var process in Descendants(root).Prepend(root))
        {
            Signals.Send(process, Signal.Continue);
        }
    }

    /// <summary>
    /// Waits until these have ended. A kill is asynchronous, and the end of a process says nothing of its children: what they hold, as the
    /// memory that a PostgreSQL server shares with its own, is held until the last of them is gone. No one tells of a grandchild's end, so
    /// /proc is asked.
    /// </summary>
    public static async Task EndedAsync(IReadOnlyCollection<KnownProcess> processes, CancellationToken cancellationToken)
    {
        while (processes.Any(IsRunning))
        {
            await Task.Delay(ProbeInterval, cancellationToken);
        }
    }

    /// <summary>Ends every process of the tree at once, as a power cut would.</summary>
    /// <returns>The processes. They end a while later; see <see cref="EndedAsync"/>.</returns>
    public static IReadOnlyCollection<KnownProcess> Kill(int root)
    {
        // Stopped first: no one in the tree sees another's death and reacts.
        Freeze(root);
        var processes = Tree(root);
        foreach (var process in processes)
        {
            Signals.Send(process.Id, Signal.Kill);
        }

        return processes;
    }

    /// <summary>A process and what it has started, each so that another which is given its number later is not taken for it.</summary>
    public static IReadOnlyCollection<KnownProcess> Tree(int root) =>
        [
            .. Descendants(root)
                .Append(root)
                .Select(static id => (Id: id, Stat: Stat($"/proc/{id}")))
                .Where(static process => process.Stat is not null)
                .Select(static process => new KnownProcess(process.Id, process.Stat![Started])),
        ];

    private static List<int> Descendants(int root)
    {
        var children = All().ToLookup(static process => process.Parent, static process => process.Id);
        var found = new List<int>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a process has not ended. One that has, and that its parent has not asked after yet, holds no memory and no file any more.
    /// </summary>
    public static bool IsRunning(KnownProcess process) =>
        Stat($"/proc/{process.Id}") is [not ("Z" or "X"), ..] stat && stat[Started] == process.Started;

    private static bool IsStopped(int process)
    {
        try
        {
            return Directory
                .EnumerateDirectories($"/proc/{process}/task")
                .All(static thread => Stat(thread) is not { } stat || stat[0] is "T" or "t" or "Z" or "X");
        }
        catch (DirectoryNotFoundException)
        {
            // It has ended.
            return true;
        }
    }

    private static IEnumerable<(int Id, int Parent)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && ParentOf(folder) is { } parent)
            {
                yield return (id, parent);
            }
        }
    }

    private static int? ParentOf(string folder) => Stat(folder) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : null;

    /// <summary>What /proc says of a process, from its state on; <see langword="null"/> if it is gone.</summary>
    private static string[]? Stat(string folder)
    {
        try
        {
            // "42 (a name) S 1 …": the name may hold anything, so what follows its last bracket counts.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended since the folder was listed.
            return null;
        }
    }
}

/// <summary>A process by its number and the time at which it was started, as /proc has it.</summary>
internal readonly record struct KnownProcess(int Id, string Started);
