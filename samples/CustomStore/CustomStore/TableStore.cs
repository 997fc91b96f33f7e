using System.Data;
using Microsoft.Data.Sqlite;
using ServerSessions;

namespace CustomStore;

/// <summary>Sessions in a table of a SQLite database, on one connection, one call at a time.</summary>
public sealed class TableStore(string connectionString, TimeProvider? timeProvider = null)
    : ITouchableSessionStore, IPrunableSessionStore, IAsyncDisposable
{
    private const string Backend = "Table";

    private readonly SqliteConnection _connection = new(connectionString);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TimeProvider _clock = timeProvider ?? TimeProvider.System;
    private bool _ready;

    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromDays(1);

    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        return CallAsync(SessionStoreOperation.Get, command =>
        {
            command.CommandText = "SELECT payload, expires FROM sessions WHERE sid = $sid AND expires > $now";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$now", Now);
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? SessionRecord.TakeOwnership(reader.GetFieldValue<byte[]>(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))
                : null;
        }, cancellationToken);
    }

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        if (ExpiryOf(record) is var expires && expires <= Now)
        {
            await DestroyAsync(sid, cancellationToken);
            return;
        }

        await CallAsync(SessionStoreOperation.Set, command =>
        {
            command.CommandText = "INSERT OR REPLACE INTO sessions (sid, payload, expires) VALUES ($sid, $payload, $expires)";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$payload", record.Payload.ToArray());
            command.Parameters.AddWithValue("$expires", expires);
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        await CallAsync(SessionStoreOperation.Destroy, command =>
        {
            command.CommandText = "DELETE FROM sessions WHERE sid = $sid";
            command.Parameters.AddWithValue("$sid", sid);
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        return CallAsync(SessionStoreOperation.Touch, command =>
        {
            command.CommandText = "UPDATE sessions SET expires = $expires WHERE sid = $sid AND expires > $now";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$now", Now);
            command.Parameters.AddWithValue("$expires", ExpiryOf(record));
            return command.ExecuteNonQuery() > 0;
        }, cancellationToken);
    }

    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return CallAsync(SessionStoreOperation.Prune, command =>
        {
            command.CommandText = "DELETE FROM sessions WHERE sid IN (SELECT sid FROM sessions WHERE expires <= $now LIMIT $batch)";
            command.Parameters.AddWithValue("$now", Now);
            command.Parameters.AddWithValue("$batch", batch);
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await _connection.DisposeAsync();
        _turn.Release();
    }

    private long ExpiryOf(SessionRecord record) => (record.Expires ?? _clock.GetUtcNow() + DefaultLifetime).ToUnixTimeMilliseconds();

    private async ValueTask<T> CallAsync<T>(
        SessionStoreOperation operation, Func<SqliteCommand, T> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OperationTimeout);
        try
        {
            await _turn.WaitAsync(limit.Token);
            // This driver blocks. A thread of the pool waits for it, and the caller only as long as it wants to.
            return await Task.Run(() => Call(call), CancellationToken.None).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SessionStoreUnavailableException(
                $"The database did not respond to {operation} within {OperationTimeout}. Check its load, or raise OperationTimeout.",
                operation, Backend);
        }
        catch (SqliteException error)
        {
            throw new SessionStoreException(
                $"The database failed {operation} with code {error.SqliteErrorCode}. Check that its file can be read and written.",
                operation, Backend, isTransient: error.SqliteErrorCode is 5 or 6, error);
        }
    }

    private T Call<T>(Func<SqliteCommand, T> call)
    {
        try
        {
            if (_connection.State != ConnectionState.Open)
            {
                _connection.Open();
            }

            using var command = _connection.CreateCommand();
            command.CommandTimeout = (int)Math.Ceiling(OperationTimeout.TotalSeconds);
            if (!_ready)
            {
                command.CommandText =
                    "CREATE TABLE IF NOT EXISTS sessions (sid TEXT PRIMARY KEY, payload BLOB NOT NULL, expires INTEGER NOT NULL) STRICT";
                command.ExecuteNonQuery();
                _ready = true;
            }

            return call(command);
        }
        finally
        {
            _turn.Release();
        }
    }
}
