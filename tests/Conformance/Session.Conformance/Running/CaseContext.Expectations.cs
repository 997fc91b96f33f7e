namespace ServerSessions.Conformance;

// What most cases expect of a result.
internal sealed partial class CaseContext
{
    /// <summary>Waits for what must end, for as long as the harness has patience.</summary>
    public Task WaitForAsync(Task task) => new Patience(Settings.Patience).WaitForAsync(task);

    /// <summary>What was waited for has ended, by success or failure.</summary>
    public void ExpectEnded(Task task, string what) =>
        Expect.That(task.IsCompleted, $"{what}: it ends", $"it still waits after {Settings.Patience.TotalSeconds:0.#} seconds");

    /// <summary>The session is there, with this content.</summary>
    /// <param name="sid">The session.</param>
    /// <param name="expected">What was stored.</param>
    /// <param name="when">When, for the reader: <c>after the second set</c>.</param>
    /// <param name="store">Another store than the case's.</param>
    /// <param name="exact">Whether the cookie counts too.</param>
    public async Task<SessionRecord?> ExpectSessionAsync(
        string sid,
        SessionRecord expected,
        string when,
        RecordingStore? store = null,
        bool exact = true
    )
    {
        var record = await (store ?? Store).GetAsync(sid);
        if (record is null)
        {
            ThrowIfItMayHaveEnded(expected.Expires);
            Expect.Add($"{when}: the session that was stored", "absent");
            return null;
        }

        var same = exact
            ? Payloads.Same(expected.Payload, record.Payload, Settings.Fidelity)
            : Payloads.SameContent(expected.Payload, record.Payload, Settings.Fidelity);
        if (!same)
        {
            Expect.Add(
                $"{when}: {Payloads.Describe(expected.Payload)}, as stored",
                Payloads.Difference(expected.Payload, record.Payload, Settings.Fidelity)
            );
        }

        return record;
    }

    /// <summary>The session is there, with any content.</summary>
    public async Task ExpectLiveAsync(string sid, DateTimeOffset expires, string when, RecordingStore? store = null)
    {
        if (await (store ?? Store).GetAsync(sid) is null)
        {
            ThrowIfItMayHaveEnded(expires);
            Expect.Add($"{when}: the session, which expires {Text.Span(expires - Now)} from now", "absent");
        }
    }

    public async Task ExpectAbsentAsync(string sid, string when, RecordingStore? store = null)
    {
        if (await (store ?? Store).GetAsync(sid) is { } record)
        {
            Expect.Add($"{when}: absent (null)", $"{Payloads.Describe(record.Payload)}, expires {Text.Instant(record.Expires)}");
        }
    }

    /// <summary>The expiry is there and is the one that was asked for, rounded up at most to the store's granularity.</summary>
    public void ExpectExpires(DateTimeOffset asked, SessionRecord record, string when)
    {
        var expected =
            $"{when}: Expires {Text.Instant(asked)}"
            + (Time.Granularity > TimeSpan.FromMilliseconds(1) ? $", rounded up to {Time.Granularity.TotalMilliseconds} ms" : "");
        Expect.That(
            IsAbout(asked, record.Expires),
            expected,
            record.Expires is null ? "a record without Expires" : $"Expires {Text.Instant(record.Expires)}"
        );
    }

    /// <summary>The instant at which a session ends: the one that get reports, unless that is off by the clock's error.</summary>
    public DateTimeOffset EndOf(SessionRecord asked, SessionRecord? read) =>
        Time.Slack == TimeSpan.Zero && read?.Expires is { } reported
            ? reported
            : asked.Expires!.Value + Time.Granularity - TimeSpan.FromMilliseconds(1);

    public bool IsAbout(DateTimeOffset asked, DateTimeOffset? actual) =>
        actual is { } instant && instant - asked >= -Time.Slack && instant - asked < Time.Granularity + Time.Slack;

    /// <summary>
    /// A record that was stored or touched without an expiry, at some instant from <paramref name="before"/> to <paramref name="after"/>:
    /// it lives for so long from then.
    /// </summary>
    public void ExpectLife(TimeSpan life, DateTimeOffset before, DateTimeOffset after, SessionRecord? record, string when) =>
        Expect.That(
            record?.Expires >= before + life - Time.Slack
                && record.Expires < after + life + Time.Granularity + Time.Slack + TimeSpan.FromMilliseconds(1),
            $"{when}: Expires {Text.Span(life)} from then",
            record is null ? "absent"
                : record.Expires is { } expires ? $"Expires {Text.Span(expires - after)} from then"
                : "a record without Expires"
        );

    /// <summary>The call throws an exception of a kind; any other result is a finding.</summary>
    public async Task ExpectThrowsAsync<TException>(Func<Task> call, string what)
        where TException : Exception
    {
        try
        {
            await call();
            Expect.Add($"{what}: {typeof(TException).Name}", "no exception");
        }
        catch (StoreThrewException threw) when (threw.InnerException is TException)
        {
            // As it should be.
        }
        catch (StoreThrewException threw)
        {
            Expect.Add($"{what}: {typeof(TException).Name}", threw.InnerException!.GetType().Name);
        }
    }

    /// <summary>The call succeeds; an exception is a finding, and the case goes on.</summary>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> ExpectSucceedsAsync(Func<Task> call, string what)
    {
        try
        {
            await call();
            return true;
        }
        catch (StoreThrewException threw)
        {
            Expect.Add(
                $"{what}: no exception",
                $"{threw.Call} throws {threw.InnerException!.GetType().Name}: {threw.InnerException.Message}"
            );
            return false;
        }
    }

    /// <summary>Throws if the result came after the expiry of the session: it then proves nothing.</summary>
    private void ThrowIfItMayHaveEnded(DateTimeOffset? expires)
    {
        if (Time.Mode != StoreTime.Virtual && expires is { } end && Time.Clock.GetUtcNow() >= end - Time.Slack)
        {
            throw new InconclusiveException();
        }
    }
}
