using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ServerSessions;
using ServerSessions.Stores;

namespace CustomStore;

/// <summary>Sessions in a table of a SQLite database, on one connection, one call at a time.</summary>
public sealed partial class TableStore : SessionStore, IOpenableSessionStore, ITouchableSessionStore, IPrunableSessionStore
{
    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly StoreErrors _errors;
    private readonly TimeSpan _timeout;
    private bool _isReady;

    public TableStore(TableStoreOptions options, TimeProvider? timeProvider = null, ILogger<TableStore>? logger = null)
        : base("Table", StoreOptionsRules.Valid(options, new TableStoreOptionsValidator()).DefaultLifetime, timeProvider, logger)
    {
        _connection = new SqliteConnection(options.ConnectionString);
        _errors = new StoreErrors(Backend, $"the database '{_connection.DataSource}'");
        _timeout = options.OperationTimeout;
    }

    public override bool BoundsCalls => true;

    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await CallAsync(SessionStoreOperation.Open, static _ => true, cancellationToken);
    }

    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return CallAsync(SessionStoreOperation.Get, command =>
        {
            command.CommandText = "SELECT payload, expires FROM sessions WHERE sid = $sid AND expires > $now";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$now", AtRest(Clock.Now));
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? SessionRecord.TakeOwnership(reader.GetFieldValue<byte[]>(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))
                : null;
        }, cancellationToken);
    }

    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        var now = Clock.Now;
        var expires = Clock.ExpiryOf(record.Expires, now);
        if (expires <= now)
        {
            await DestroyAsync(sid, cancellationToken);
            return;
        }

        await CallAsync(SessionStoreOperation.Set, command =>
        {
            command.CommandText = "INSERT OR REPLACE INTO sessions (sid, payload, expires) VALUES ($sid, $payload, $expires)";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$payload", record.Payload.ToArray());
            command.Parameters.AddWithValue("$expires", AtRest(expires));
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        await CallAsync(SessionStoreOperation.Destroy, command =>
        {
            command.CommandText = "DELETE FROM sessions WHERE sid = $sid";
            command.Parameters.AddWithValue("$sid", sid);
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        return CallAsync(SessionStoreOperation.Touch, command =>
        {
            var now = Clock.Now;
            command.CommandText = "UPDATE sessions SET expires = $expires WHERE sid = $sid AND expires > $now";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$now", AtRest(now));
            command.Parameters.AddWithValue("$expires", AtRest(Clock.ExpiryOf(record.Expires, now)));
            return command.ExecuteNonQuery() > 0;
        }, cancellationToken);
    }

    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        return CallAsync(SessionStoreOperation.Prune, command =>
        {
            command.CommandText = "DELETE FROM sessions WHERE sid IN (SELECT sid FROM sessions WHERE expires <= $now LIMIT $batch)";
            command.Parameters.AddWithValue("$now", AtRest(Clock.Now));
            command.Parameters.AddWithValue("$batch", batch);
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    protected override async Task CloseAsync()
    {
        await _turn.WaitAsync();
        await _connection.DisposeAsync();
        _turn.Release();
    }

    private static long AtRest(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    private async ValueTask<T> CallAsync<T>(
        SessionStoreOperation operation, Func<SqliteCommand, T> call, CancellationToken cancellationToken)
    {
        var deadline = CallDeadline.In(_timeout);
        try
        {
            // A call that has not begun when its time is over never begins.
            if (!await _turn.WaitAsync(deadline.Remaining, cancellationToken))
            {
                throw new TimeoutException();
            }

            // This driver blocks. A thread of the pool waits for it, and the caller only as long as it wants to.
            return await deadline.WaitAsync(Task.Run(() => Call(call), CancellationToken.None), cancellationToken);
        }
        catch (TimeoutException)
        {
            throw _errors.Unavailable(
                operation,
                $"it did not respond within {StoreErrors.Seconds(_timeout)}. Check its load, or raise OperationTimeout.");
        }
        catch (SqliteException error)
        {
            throw _errors.Failed(
                operation,
                $"it failed with code {error.SqliteErrorCode}. Check that its file can be read and written.",
                isTransient: error.SqliteErrorCode is 5 or 6,
                error);
        }
    }

    private T Call<T>(Func<SqliteCommand, T> call)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandTimeout = (int)Math.Ceiling(_timeout.TotalSeconds);
            if (_connection.State != ConnectionState.Open)
            {
                _connection.Open();
            }

            if (!_isReady)
            {
                command.CommandText =
                    "CREATE TABLE IF NOT EXISTS sessions (sid TEXT PRIMARY KEY, payload BLOB NOT NULL, expires INTEGER NOT NULL) STRICT";
                command.ExecuteNonQuery();
                _isReady = true;
            }

            return call(command);
        }
        finally
        {
            _turn.Release();
        }
    }
}
