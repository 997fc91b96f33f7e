using System.Text;
using System.Text.Json.Nodes;

namespace ServerSessions.Stores.Moving.Tests.Simulation;

/// <summary>One id, what callers did with it, and what therefore must hold.</summary>
internal sealed class SimSession(string sid, List<string> violations)
{
    private const int Attempts = 6;

    private readonly List<Life> _lives = [];
    private readonly List<SimInstance> _ending = [];
    private DateTimeOffset _latest;
    private int _tokens;

    public string Sid => sid;

    /// <summary>Returns the record of the session that is there when the history begins.</summary>
    public SessionRecord Begin(DateTimeOffset expires)
    {
        var life = NewLife(expires);
        life.IsCreated = true;
        return RecordOf(life.First, expires);
    }

    public async Task ReadAsync(SimInstance instance) => await GetAsync(instance);

    public async Task TouchAsync(SimInstance instance, DateTimeOffset expires)
    {
        _latest = expires > _latest ? expires : _latest;
        await instance.Store.TouchAsync(sid, RecordOf("""{"cookie":{}}""", expires));
    }

    /// <summary>Adds a token to what is stored, as a request does that keeps what others have stored.</summary>
    public async Task WriteAsync(SimInstance instance, DateTimeOffset expires, bool remembersToken)
    {
        var token = $"w{++_tokens}";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await GetAsync(instance) is not { } read)
            {
                return;
            }

            var (life, text) = Parse(read);
            var changed = JsonNode.Parse(text)!;
            changed["tokens"]!.AsArray().Add(token);
            life.Texts.Add(changed.ToJsonString());
            _latest = expires > _latest ? expires : _latest;
            var expected = remembersToken ? read : RecordOf(text, expires);
            switch (await instance.Store.TrySetAsync(sid, RecordOf(changed.ToJsonString(), expires), expected))
            {
                case ConditionalSetResult.Stored:
                    life.Acknowledged.Add(token);
                    return;
                case ConditionalSetResult.Missing:
                    if (!life.IsEndBegun)
                    {
                        violations.Add($"M4: {sid} was missing at a write, and no caller had ended it.");
                    }

                    return;
            }
        }
    }

    /// <summary>Creates a session under the id if there is none, as a user's index is created.</summary>
    public async Task CreateAsync(SimInstance instance, DateTimeOffset expires)
    {
        var life = NewLife(expires);
        life.IsEndBegun = _ending.Exists(static other => !other.HasCrashed);
        var rivals = _lives.FindAll(static other => other is { IsCreated: true, IsEndBegun: false });
        if (await instance.Store.TrySetAsync(sid, RecordOf(life.First, expires), null) != ConditionalSetResult.Stored)
        {
            return;
        }

        life.IsCreated = true;
        if (rivals.Exists(static other => !other.IsEndBegun))
        {
            violations.Add($"{sid} was created although it was there, and no caller had ended it.");
        }
    }

    public async Task DestroyAsync(SimInstance instance)
    {
        _lives.ForEach(static life => life.IsEndBegun = true);
        var ended = _lives.FindAll(static life => life.IsCreated);
        _ending.Add(instance);
        await instance.Store.DestroyAsync(sid);
        _ending.Remove(instance);
        ended.ForEach(static life => life.IsEnded = true);
    }

    /// <summary>Checks what both stores hold together.</summary>
    /// <param name="owned">The session that counts.</param>
    /// <param name="expires">When it expires.</param>
    /// <param name="what">What the stores hold, for a message.</param>
    public void Check(string? owned, DateTimeOffset? expires, string what)
    {
        if (owned is null)
        {
            if (_lives.Exists(static life => life is { IsCreated: true, IsEndBegun: false }))
            {
                violations.Add($"M4: {sid} is absent, and no caller had ended it: {what}.");
            }

            return;
        }

        var life = LifeOf(owned);
        CheckContent(life, owned, life.Acknowledged, life.IsEnded, what);
        if (!life.Texts.Contains(owned))
        {
            violations.Add($"M5: {sid} has bytes that no caller has stored: {what}.");
        }

        if (expires > _latest)
        {
            violations.Add($"M6: {sid} lives longer than any caller has asked for: {what}.");
        }
    }

    private async Task<SessionRecord?> GetAsync(SimInstance instance)
    {
        var present = _lives.FindAll(static life => life is { IsCreated: true, IsEndBegun: false });
        var ended = _lives.FindAll(static life => life.IsEnded);
        var acknowledged = _lives.ToDictionary(static life => life, static life => life.Acknowledged.ToList());
        var read = await instance.Store.GetAsync(sid);
        if (read is not null)
        {
            var (life, text) = Parse(read);
            CheckContent(life, text, acknowledged.GetValueOrDefault(life) ?? [], ended.Contains(life), "a read");
        }
        else if (present.Exists(static life => !life.IsEndBegun))
        {
            violations.Add($"M4: a read in mode {instance.Mode} found no {sid}, and no caller had ended it.");
        }

        return read;
    }

    private void CheckContent(Life life, string text, IEnumerable<string> acknowledged, bool isEnded, string what)
    {
        if (isEnded)
        {
            violations.Add($"M3: {sid} was ended and came back: {what}.");
        }

        if (!life.IsEndBegun && acknowledged.FirstOrDefault(token => !text.Contains($"\"{token}\"", StringComparison.Ordinal)) is { } lost)
        {
            violations.Add($"M2: {lost} of {sid} was acknowledged and is lost: {what}.");
        }
    }

    private Life NewLife(DateTimeOffset expires)
    {
        _latest = expires > _latest ? expires : _latest;
        var life = new Life(_lives.Count);
        _lives.Add(life);
        return life;
    }

    private (Life Life, string Text) Parse(SessionRecord record)
    {
        var text = Encoding.UTF8.GetString(record.Payload.Span);
        return (LifeOf(text), text);
    }

    private Life LifeOf(string text) => _lives[JsonNode.Parse(text)!["life"]!.GetValue<int>()];

    private static SessionRecord RecordOf(string text, DateTimeOffset expires) => new(Encoding.UTF8.GetBytes(text), expires);

    /// <summary>The session from one create to its end.</summary>
    private sealed class Life
    {
        public Life(int number)
        {
            First = JsonNode.Parse($$$"""{"cookie":{},"life":{{{number}}},"tokens":[]}""")!.ToJsonString();
            Texts.Add(First);
        }

        public string First { get; }

        public HashSet<string> Texts { get; } = [];

        public List<string> Acknowledged { get; } = [];

        public bool IsCreated { get; set; }

        public bool IsEndBegun { get; set; }

        public bool IsEnded { get; set; }
    }
}
