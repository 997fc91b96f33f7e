using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Records how the last attempt to connect to each server ended. The driver's exceptions keep only the first failure since the connection
/// was lost. Only this event reports a login that is refused later.
/// </summary>
internal sealed class ConnectionAttempts
{
    private readonly ConcurrentDictionary<EndPoint, Outcome> _last = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _servers;

    /// <param name="configuration">The configuration of a multiplexer that is not created yet.</param>
    public ConnectionAttempts(ConfigurationOptions configuration)
    {
        _servers = configuration.EndPoints.Count;
        configuration.ConnectionAttemptCompleted += OnCompleted;
    }

    /// <summary>Completes when an attempt to connect to every server has ended.</summary>
    public Task Complete => _complete.Task;

    /// <summary>
    /// The failure of a server's last attempt, preferably one that says what to do; <see langword="null"/> if none failed.
    /// </summary>
    public RedisConnectionException? Failure =>
        _last
            .Values.Select(static outcome => outcome.Failure)
            .Where(static failure => failure is not null)
            .OrderByDescending(static failure => RedisErrors.IsExplained(failure!))
            .FirstOrDefault();

    private void OnCompleted(object? sender, ConnectionAttemptCompletedEventArgs attempt)
    {
        if (attempt.ConnectionType != ConnectionType.Interactive || attempt.EndPoint is not { } server)
        {
            return;
        }

        var outcome = new Outcome(attempt.SequenceNumber, attempt.IsSuccess ? null : Of(attempt));

        // The driver raises this on several threads, possibly out of order.
        _last.AddOrUpdate(server, outcome, (_, last) => last.Number < outcome.Number ? outcome : last);
        if (_last.Count >= _servers)
        {
            _complete.TrySetResult();
        }
    }

    private static RedisConnectionException Of(ConnectionAttemptCompletedEventArgs attempt) =>
        attempt.Exception as RedisConnectionException
        ?? new RedisConnectionException(attempt.FailureType, CommandFlags.None, attempt.FailureType.ToString(), attempt.Exception);

    private sealed record Outcome(long Number, RedisConnectionException? Failure);
}
