using System.Globalization;

namespace Session.Testing;

/// <summary>A process and what it has started, read from /proc.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// Stops every process of the tree. The root first, then its children as long as new ones are found: a PostgreSQL backend that the
    /// postmaster started a moment ago is stopped too.
    /// </summary>
    public static void Freeze(int root)
    {
        Signals.Send(root, Signal.Stop);
        var stopped = new HashSet<int> { root };
        while (Descendants(root).Where(stopped.Add).ToList() is { Count: > 0 } found)
        {
            found.ForEach(static process => Signals.Send(process, Signal.Stop));
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

    /// <summary>Ends every process of the tree at once, as a power cut would.</summary>
    public static void Kill(int root)
    {
        // Stopped first: nobody in the tree sees another's death and reacts.
        Freeze(root);
        foreach (var process in Descendants(root).Append(root))
        {
            Signals.Send(process, Signal.Kill);
        }
    }

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

    private static int? ParentOf(string folder)
    {
        try
        {
            // "42 (a name) S 1 …": the name may hold anything, so what follows its last bracket counts.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended since the folder was listed.
            return null;
        }
    }
}
