using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Trust.Host;

/// <summary>
/// Reads along with everything that a process says about itself (logs of all categories and levels with their scopes and exceptions, tags
/// of metrics, names, tags and events of activities) and remembers where it saw a session id, a signature, the secret or a payload.
/// </summary>
public sealed class LeakCollector : IDisposable
{
    /// <summary>The secret of the hosts.</summary>
    public const string Secret = "canary-secret-of-all-hosts-3vQ9xLm2Zt7Kp1Rd8Wy4";

    /// <summary>What every value that is worth hiding begins with.</summary>
    public const string Payload = "canary-payload-";

    // 24 bytes and 32 bytes as base64 without padding.
    private const int SidLength = 32;
    private const int SignatureLength = 43;

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _hits = new(StringComparer.Ordinal);
    private readonly string _secretMark;
    private readonly string _payloadMark;
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;
    private long _looked;
    private int _sids;

    /// <summary>Initializes a new instance, which listens from now on.</summary>
    /// <param name="secretMark">What the secret is known by; another one for a secret that is planted.</param>
    /// <param name="payloadMark">What payloads are known by.</param>
    public LeakCollector(string secretMark = Secret, string payloadMark = Payload)
    {
        (_secretMark, _payloadMark) = (secretMark, payloadMark);
        Logging = new CollectingLogger(this);
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Look,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        _meters.SetMeasurementEventCallback<byte>(Look);
        _meters.SetMeasurementEventCallback<short>(Look);
        _meters.SetMeasurementEventCallback<int>(Look);
        _meters.SetMeasurementEventCallback<long>(Look);
        _meters.SetMeasurementEventCallback<float>(Look);
        _meters.SetMeasurementEventCallback<double>(Look);
        _meters.SetMeasurementEventCallback<decimal>(Look);
        _meters.Start();
    }

    /// <summary>The one that all hosts of a process use where a test says nothing else.</summary>
    public static LeakCollector Shared { get; } = new();

    /// <summary>For a host's logging.</summary>
    public ILoggerProvider Logging { get; }

    /// <summary>Where something was seen.</summary>
    public IReadOnlyCollection<string> Hits => [.. _hits.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How many texts were looked at.</summary>
    public long Looked => Interlocked.Read(ref _looked);

    /// <summary>
    /// Gives the collector an id to look for, and its signatures with <see cref="Secret"/> and other secrets that hosts have.
    /// </summary>
    public void AddSid(string sid, params IEnumerable<string> otherSecrets)
    {
        if (_known.TryAdd(sid, 0))
        {
            Interlocked.Increment(ref _sids);
            _known.TryAdd(SignedCookie.SignatureOf(sid, Secret), 0);
        }

        foreach (var secret in otherSecrets)
        {
            _known.TryAdd(SignedCookie.SignatureOf(sid, secret), 0);
        }
    }

    /// <summary>Looks at a text.</summary>
    public void Look(string where, string? text)
    {
        Interlocked.Increment(ref _looked);
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (text.Contains(_secretMark, StringComparison.Ordinal))
        {
            _hits.TryAdd($"the secret in {where}", 0);
        }

        if (text.Contains(_payloadMark, StringComparison.Ordinal))
        {
            _hits.TryAdd($"a payload in {where}", 0);
        }

        if (Holds(text, SidLength, "-_"))
        {
            _hits.TryAdd($"an id in {where}", 0);
        }

        if (Holds(text, SignatureLength, "+/"))
        {
            _hits.TryAdd($"a signature in {where}", 0);
        }
    }

    /// <summary>One line: how much was looked at, and what was seen.</summary>
    public string Report() =>
        $"{Looked} texts, {Volatile.Read(ref _sids)} ids, {_hits.Count} hits{string.Concat(Hits.Select(static hit => "; " + hit))}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        Logging.Dispose();
    }

    /// <summary>Whether one of the known texts of this length stands anywhere in a text.</summary>
    private bool Holds(string text, int length, string alsoLetters)
    {
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        var run = 0;
        for (var i = 0; i < text.Length; i++)
        {
            run = char.IsAsciiLetterOrDigit(text[i]) || alsoLetters.Contains(text[i], StringComparison.Ordinal) ? run + 1 : 0;
            if (run >= length && known.ContainsKey(text.AsSpan(i + 1 - length, length)))
            {
                return true;
            }
        }

        return false;
    }

    private void Look(Activity activity)
    {
        var where = $"an activity of {activity.Source.Name}";
        Look(where, activity.OperationName);
        Look(where, activity.DisplayName);
        Look(where, activity.StatusDescription);
        foreach (var (key, value) in activity.TagObjects)
        {
            Look($"{where}, tag {key}", value?.ToString());
        }

        foreach (var (key, value) in activity.Baggage)
        {
            Look($"{where}, baggage {key}", value);
        }

        foreach (var item in activity.Events)
        {
            Look($"{where}, event", item.Name);
            foreach (var (key, value) in item.Tags)
            {
                Look($"{where}, event tag {key}", value?.ToString());
            }
        }
    }

    private void Look<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var (key, value) in tags)
        {
            Look($"the metric {instrument.Meter.Name} {instrument.Name}, tag {key}", value?.ToString());
        }
    }

    private sealed class CollectingLogger(LeakCollector collector, string category = "") : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => new CollectingLogger(collector, categoryName);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            LookAtState("a scope of", state);
            return null;
        }

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            collector.Look($"the log of {category} ({eventId.Name})", formatter(state, exception));
            LookAtState("a value logged by", state);
            if (exception is not null)
            {
                collector.Look($"an exception logged by {category} ({eventId.Name})", exception.ToString());
            }
        }

        public void Dispose() { }

        private void LookAtState<TState>(string what, TState state)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                foreach (var (key, value) in values)
                {
                    collector.Look($"{what} {category} ({key})", value?.ToString());
                }
            }
            else
            {
                collector.Look($"{what} {category}", state?.ToString());
            }
        }
    }
}
