using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>
/// Opens the collection at the first call, ends every call within the operation timeout, and converts errors to exceptions of the contract.
/// After a failure to open, the next call tries again.
/// </summary>
internal sealed class MongoConnection : IAsyncDisposable
{
    private readonly MongoLocation? _location;
    private readonly IMongoClient? _givenClient;
    private readonly CollectionSchema _schema;
    private readonly string _databaseName;
    private readonly string _collectionName;
    private readonly WriteConcern? _writeConcern;
    private readonly TimeSpan _timeout;
    private readonly Action<bool> _opened;
    private readonly Lock _gate = new();

    // Ends the calls in progress: a call that waits for a closed client never returns.
    private readonly CancellationTokenSource _closing = new();
    private MongoClient? _ownClient;
    private Task<SessionCollection>? _opening;
    private volatile bool _disposed;

    /// <param name="options">Valid options.</param>
    /// <param name="opened">
    /// Called whenever the collection was opened, with whether it has an index with other options than the store's.
    /// </param>
    public MongoConnection(MongoSessionStoreOptions options, Action<bool> opened)
    {
        var client = options.Client;
        if (client is null && !MongoLocation.TryParse(options.ConnectionString, out _location, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        _databaseName = options.DatabaseName ?? _location?.DatabaseName ?? MongoSessionStoreOptions.DefaultDatabaseName;
        _givenClient = client;
        _collectionName = options.CollectionName;
        _writeConcern = options.WriteConcern;
        _timeout = options.OperationTimeout;
        _opened = opened;
        var hosts = client is null ? _location!.Hosts : string.Join(',', client.Settings.Servers);
        var name =
            _location?.DatabaseName != _databaseName
            || _databaseName.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
                ? $"the database '{_databaseName}'"
                : "the database of the connection string";
        Description = $"the MongoDB collection '{_collectionName}' of {name} at {hosts}";
        Failures = new MongoFailures(Description, _location is null or { MayQuoteDriver: true });
        _schema = new CollectionSchema(Failures, _collectionName, options.CreateIndex);
    }

    /// <summary>The collection and its location for messages, without a password.</summary>
    public string Description { get; }

    public MongoFailures Failures { get; }

    public ValueTask OpenAsync(CancellationToken cancellationToken) =>
        new(RunAsync(SessionStoreOperation.Open, 0, static (_, _, _) => Task.FromResult(0), cancellationToken).AsTask());

    /// <summary>Runs statements within the operation timeout, after opening the collection if necessary.</summary>
    public async ValueTask<TResult> RunAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<SessionCollection, TArgs, CancellationToken, Task<TResult>> run,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        deadline.CancelAfter(_timeout);
        Task pending = Task.CompletedTask;
        try
        {
            var opening = GetAsync();
            pending = opening;
            var collection = await opening.WaitAsync(deadline.Token).ConfigureAwait(false);

            // The driver does not observe the token everywhere.
            var running = run(collection, args, deadline.Token);
            pending = running;
            return await running.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Observe(pending);
            cancellationToken.ThrowIfCancellationRequested();
            throw _disposed ? Disposed()
            : AllHandshakesFail() is { } handshake ? Failures.From(handshake, operation)
            : Failures.TimedOut(operation, _timeout);
        }
        catch (Exception) when (_disposed)
        {
            // Any error of the driver whose client was closed meanwhile.
            throw Disposed();
        }
        catch (Exception error) when (error is not SessionStoreException)
        {
            throw Failures.From(error, operation, error is TimeoutException ? HandshakeFailure() : null);
        }
    }

    /// <summary>Returns the TLS failure that keeps a server out of use, if any: a timeout does not report it.</summary>
    private Exception? HandshakeFailure()
    {
        var cluster = (_givenClient ?? _ownClient)?.Cluster;
        return cluster
            ?.Description.Servers.Select(static server => server.HeartbeatException)
            .FirstOrDefault(static error => TlsTrouble.Of(error) is not null);
    }

    /// <summary>
    /// Returns the TLS failure if it keeps every server out of use. On a busy machine this deadline may pass before the driver's slightly
    /// shorter one.
    /// </summary>
    private Exception? AllHandshakesFail()
    {
        var servers = (_givenClient ?? _ownClient)?.Cluster.Description.Servers;
        return servers is { Count: > 0 } && servers.All(static server => TlsTrouble.Of(server.HeartbeatException) is not null)
            ? servers[0].HeartbeatException
            : null;
    }

    /// <summary>Prevents an unobserved exception of an abandoned task.</summary>
    private static void Observe(Task task) =>
        task.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    public async ValueTask DisposeAsync()
    {
        MongoClient? client;
        lock (_gate)
        {
            _disposed = true;
            (client, _ownClient) = (_ownClient, null);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        if (client is not null)
        {
            MongoLocation.Close(client);
        }
    }

    private static ObjectDisposedException Disposed() => new(nameof(MongoSessionStore));

    /// <summary>
    /// Returns the collection, opened once for all callers. The first caller's cancellation does not end it for the others.
    /// </summary>
    private Task<SessionCollection> GetAsync()
    {
        lock (_gate)
        {
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled)
            {
                _opening = OpenAsync();
            }

            return _opening;
        }
    }

    private async Task<SessionCollection> OpenAsync()
    {
        // Outside the lock.
        await Task.Yield();
        using var deadline = new CancellationTokenSource(_timeout);
        var database = (_givenClient ?? await ClientAsync(deadline.Token).ConfigureAwait(false)).GetDatabase(_databaseName);
        var settings = new MongoCollectionSettings { ReadPreference = ReadPreference.Primary };
        if (_writeConcern is not null)
        {
            settings.WriteConcern = _writeConcern;
        }

        var collection = database.GetCollection<BsonDocument>(_collectionName, settings);
        if (!collection.Settings.WriteConcern.IsAcknowledged)
        {
            throw Failures.Layout(
                "the client's write concern is w=0, so the store cannot tell whether a session was stored. Set the option WriteConcern."
            );
        }

        var hasOtherIndex = await _schema.PrepareAsync(collection, deadline.Token).ConfigureAwait(false);
        _opened(hasOtherIndex);
        return new SessionCollection(collection);
    }

    private async Task<MongoClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (_ownClient is { } client)
        {
            return client;
        }

        var made = await _location!.ConnectAsync(_timeout, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_disposed)
            {
                MongoLocation.Close(made);
                throw Disposed();
            }

            return _ownClient = made;
        }
    }
}
