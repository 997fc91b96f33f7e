using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Tests;

/// <summary>Options of a store that keeps nothing.</summary>
public sealed class BoxStoreOptions
{
    public string Place { get; set; } = "left";

    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>Accepts every place but an empty one.</summary>
public sealed class BoxStoreOptionsValidator : IValidateOptions<BoxStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, BoxStoreOptions options) =>
        new StoreOptionsRules("Box")
            .Require(options.Place.Length > 0, nameof(options.Place), "not empty")
            .DefaultLifetime(options.DefaultLifetime)
            .Result();
}

/// <summary>A store that keeps nothing, and counts how often it is opened and closed.</summary>
public sealed class BoxStore(BoxStoreOptions options, TimeProvider? timeProvider = null, ILogger<BoxStore>? logger = null)
    : SessionStore(
        "Box",
        StoreOptionsRules.Valid(options, new BoxStoreOptionsValidator()).DefaultLifetime,
        timeProvider,
        logger
    ),
        IOpenableSessionStore
{
    public BoxStoreOptions Options => options;

    public Exception? OpenFails { get; set; }

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        Opened++;
        return OpenFails is null ? ValueTask.CompletedTask : ValueTask.FromException(OpenFails);
    }

    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return ValueTask.FromResult<SessionRecord?>(null);
    }

    public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return ValueTask.CompletedTask;
    }

    protected override async Task CloseAsync()
    {
        await Task.Yield();
        Closed++;
    }
}
