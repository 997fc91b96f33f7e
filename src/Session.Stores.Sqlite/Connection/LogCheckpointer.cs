using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// Checkpoints the write-ahead log on a separate thread and connection. A checkpoint writes a thousand pages and flushes the disk twice;
/// on the writer's thread every caller would wait for it. The longest set beside a prune takes 100 ms with this thread and 300 without.
/// </summary>
/// <param name="open">Opens the connection, on this thread, at first use and after an error.</param>
/// <param name="failed">Called with the error; must not throw. Nothing is lost: the log keeps the commits until the next
/// checkpoint.</param>
internal sealed class LogCheckpointer(Func<StoreConnection> open, Action<Exception> failed) : IAsyncDisposable
{
    /// <summary>
    /// The size of the log, in pages, at which the writer checkpoints it: 32 MB. Under constant load the log can restart only if the writer
    /// pauses once. By then this thread has checkpointed most of it.
    /// </summary>
    public const int MostPages = 8 * Pages;

    /// <summary>The pages written between two checkpoints: 4 MB, SQLite's own default.</summary>
    private const int Pages = 1000;

    /// <summary>
    /// The version that fixed the race between a second checkpoint and a log restart, which could damage the file
    /// (sqlite.org/wal.html, "The WAL-Reset Bug").
    /// </summary>
    private const int FirstSafeVersion = 3_051_003;

    private readonly AutoResetEvent _wanted = new(false);
    private readonly ManualResetEventSlim _idle = new(true);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoreConnection? _connection;
    private Thread? _thread;
    private int _written;
    private volatile bool _isStale;
    private volatile bool _isDisposed;

    /// <summary>
    /// Whether two connections may checkpoint the log: an application can use another SQLite version than the driver's. Valid once a
    /// database is open.
    /// </summary>
    public static bool IsSafe => raw.sqlite3_libversion_number() >= FirstSafeVersion;

    /// <summary>Requests that the file is reopened before the next use. Called on the writer's thread.</summary>
    public void Reopen() => _isStale = true;

    /// <summary>
    /// Counts written pages and starts a checkpoint if there are enough. Called on the writer's thread; waits if the log grows faster than
    /// it is checkpointed.
    /// </summary>
    public void Count(int pages)
    {
        _written += pages;
        if (_written < Pages || (!_idle.IsSet && _written < MostPages))
        {
            return;
        }

        _idle.Wait();
        _idle.Reset();
        _written = 0;
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "Session.Stores.Sqlite checkpoint" };
            _thread.Start();
        }

        _wanted.Set();
    }

    /// <summary>Waits for a running checkpoint and closes the connection. Call it after the writer has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_thread is not null)
        {
            _wanted.Set();
            await _ended.Task.ConfigureAwait(false);
        }

        _wanted.Dispose();
        _idle.Dispose();
    }

    private void Run()
    {
        while (_wanted.WaitOne() && !_isDisposed)
        {
            try
            {
                Checkpoint();
            }
            catch (SqliteFault fault) when (fault.IsBusy)
            {
                // Another process runs a checkpoint.
            }
            catch (Exception error)
            {
                Close();
                failed(error);
            }

            _idle.Set();
        }

        Close();
        _ended.SetResult();
    }

    private void Checkpoint()
    {
        if (_isStale)
        {
            _isStale = false;
            Close();
        }

        (_connection ??= open()).Checkpoint();
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
