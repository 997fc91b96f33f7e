namespace ServerSessions.Testing;

/// <summary>The last lines of what a process writes. Reading never pauses, so that the process never waits for a full pipe.</summary>
internal sealed class RecentLines
{
    private const int Kept = 200;

    private readonly Queue<string> _lines = new();
    private readonly List<Task> _readers = [];

    public void Read(TextReader reader) => _readers.Add(ReadAsync(reader));

    /// <summary>Waits until everything has been read of a process that has ended.</summary>
    public Task CompleteAsync() => Task.WhenAll(_readers);

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }

    private async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Kept)
                {
                    _lines.Dequeue();
                }
            }
        }
    }
}
