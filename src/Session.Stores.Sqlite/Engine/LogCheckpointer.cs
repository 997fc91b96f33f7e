using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// Carries the write-ahead log over into the database beside the writer, on a thread and a connection of its own: that writes a thousand
/// pages where they belong and flushes the disk twice, and on the writer's thread every caller waited for it.
/// </summary>
/// <param name="open">Opens the connection; on this thread, at first use and after an error.</param>
/// <param name="failed">Told what went wrong; throws nothing. Nothing is lost: the log keeps what was committed, and the next time carries
/// it over.</param>
internal sealed class LogCheckpointer(Func<StoreConnection> open, Action<Exception> failed) : IAsyncDisposable
{
    /// <summary>
    /// Pages in the log at which the writer carries it over itself, 32 MB: where commits follow each other so closely that the log has
    /// grown whenever this thread has caught up, it can begin anew only if the writer waits once. By then this thread has carried over the
    /// most of it.
    /// </summary>
    public const int MostPages = 8 * Pages;

    /// <summary>Pages that are written between one time and the next, 4 MB: what SQLite itself begins at.</summary>
    private const int Pages = 1000;

    /// <summary>
    /// The version that mended the race of a second checkpoint with a log that begins anew, which could damage the file
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
    /// Whether two connections may carry the log over: an application can bring another SQLite than the one that comes with the driver. For
    /// once a database is open.
    /// </summary>
    public static bool IsSafe => raw.sqlite3_libversion_number() >= FirstSafeVersion;

    /// <summary>Has the file opened afresh before the next use. On the writer's thread.</summary>
    public void Reopen() => _isStale = true;

    /// <summary>
    /// Counts what was written, and begins where that is enough. On the writer's thread; waits where the log grows faster than it is
    /// carried over.
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

    /// <summary>Waits for what is under way and closes the connection. Only once the writer has ended.</summary>
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
                // Another process is at it.
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
