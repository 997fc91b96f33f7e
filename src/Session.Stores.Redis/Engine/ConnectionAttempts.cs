using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// How the last attempt to connect to each server ended. The driver's exceptions keep the first failure since the connection was lost: a
/// login that is refused after that is in none of them, and in none of its events but this one.
/// </summary>
internal sealed class ConnectionAttempts
{
    private readonly ConcurrentDictionary<EndPoint, Outcome> _last = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _servers;

    /// <param name="configuration">Of a multiplexer that is not made yet.</param>
    public ConnectionAttempts(ConfigurationOptions configuration)
    {
        _servers = configuration.EndPoints.Count;
        configuration.ConnectionAttemptCompleted += OnCompleted;
    }

    /// <summary>Completes when an attempt at every server has ended.</summary>
    public Task Complete => _complete.Task;

    /// <summary>
    /// How an attempt failed that was the last at its server: one that says what to do if there is any; <see langword="null"/> if none
    /// failed.
    /// </summary>
    public RedisConnectionException? Failure =>
        _last
            .Values.Select(static outcome => outcome.Failure)
            .Where(static failure => failure is not null)
            .OrderByDescending(static failure => RedisFailures.IsExplained(failure!))
            .FirstOrDefault();

    private void OnCompleted(object? sender, ConnectionAttemptCompletedEventArgs attempt)
    {
        if (attempt.ConnectionType != ConnectionType.Interactive || attempt.EndPoint is not { } server)
        {
            return;
        }

        var outcome = new Outcome(attempt.SequenceNumber, attempt.IsSuccess ? null : Of(attempt));

        // The driver calls from several threads, and may call late.
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
