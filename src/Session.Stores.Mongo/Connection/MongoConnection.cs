using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Stores.Mongo.Schema;
using ServerSessions.Stores.Mongo.Statements;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>
/// Opens the collection at the first call, ends every call within the operation timeout, and converts errors to exceptions of the contract.
/// After a failure to open, the next call tries again.
/// </summary>
internal sealed class MongoConnection : IAsyncDisposable
{
    private readonly MongoLocation? _location;
    private readonly IMongoClient? _givenClient;
    private readonly SessionMapping _mapping;
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
    private volatile bool _isDisposed;

    /// <param name="options">Valid options.</param>
    /// <param name="mapping">Converts between records and documents.</param>
    /// <param name="opened">
    /// Called whenever the collection was opened, with whether it has an index with other options than the store's.
    /// </param>
    public MongoConnection(MongoSessionStoreOptions options, SessionMapping mapping, Action<bool> opened)
    {
        _givenClient = options.Client;
        if (_givenClient is null && !MongoLocation.TryParse(options.ConnectionString, out _location, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        _mapping = mapping;
        _databaseName = options.DatabaseName ?? _location?.DatabaseName ?? MongoSessionStoreOptions.DefaultDatabaseName;
        _collectionName = options.CollectionName;
        _writeConcern = options.WriteConcern;
        _timeout = options.OperationTimeout;
        _opened = opened;
        var hosts = _location?.Hosts ?? string.Join(',', _givenClient!.Settings.Servers);
        var name =
            _location?.DatabaseName != _databaseName
            || _databaseName.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
                ? $"the database '{_databaseName}'"
                : "the database of the connection string";
        Errors = new MongoErrors(
            $"the MongoDB collection '{_collectionName}' of {name} at {hosts}",
            quotesDriver: _location is null or { MayQuoteDriver: true }
        );
        _schema = new CollectionSchema(Errors, _collectionName, options.CreateIndex);
    }

    public MongoErrors Errors { get; }

    private IMongoClient? Client => _givenClient ?? _ownClient;

    public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        await RunAsync(SessionStoreOperation.Open, 0, static (_, _, _) => Task.FromResult(0), cancellationToken).ConfigureAwait(false);

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
        Task? pending = null;
        try
        {
            var opening = OpenedAsync();
            pending = opening;
            var collection = await opening.WaitAsync(deadline.Token).ConfigureAwait(false);

            // The driver does not observe the token everywhere.
            var running = run(collection, args, deadline.Token);
            pending = running;
            return await running.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            CallDeadline.Abandon(pending);
            cancellationToken.ThrowIfCancellationRequested();
            throw _isDisposed ? Disposed()
            : ConnectionFailure.Describe(Client?.Cluster) is { } reason ? Errors.Failed(operation, reason)
            : Errors.TimedOut(operation, _timeout);
        }
        catch (Exception) when (_isDisposed)
        {
            // Any error of the driver whose client was closed meanwhile.
            throw Disposed();
        }
        catch (Exception error) when (error is not SessionStoreException)
        {
            throw error is TimeoutException or MongoConnectionPoolPausedException
                && ConnectionFailure.Describe(Client?.Cluster) is { } reason
                ? Errors.Failed(operation, reason)
                : Errors.From(error, operation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        MongoClient? client;
        lock (_gate)
        {
            _isDisposed = true;
            (client, _ownClient) = (_ownClient, null);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        if (client is not null)
        {
            OwnClient.Close(client);
        }
    }

    private static ObjectDisposedException Disposed() => new(nameof(MongoSessionStore));

    /// <summary>
    /// Returns the collection, opened once for all callers. The first caller's cancellation does not end it for the others.
    /// </summary>
    private Task<SessionCollection> OpenedAsync()
    {
        lock (_gate)
        {
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled)
            {
                _opening = OpenCollectionAsync();
            }

            return _opening;
        }
    }

    private async Task<SessionCollection> OpenCollectionAsync()
    {
        // Outside the lock.
        await Task.Yield();
        using var deadline = new CancellationTokenSource(_timeout);
        var database = (Client ?? await ConnectAsync(deadline.Token).ConfigureAwait(false)).GetDatabase(_databaseName);
        var settings = new MongoCollectionSettings { ReadPreference = ReadPreference.Primary };
        if (_writeConcern is not null)
        {
            settings.WriteConcern = _writeConcern;
        }

        var collection = database.GetCollection<BsonDocument>(_collectionName, settings);
        if (!collection.Settings.WriteConcern.IsAcknowledged)
        {
            throw Errors.Unusable(
                "the client's write concern is w=0, so the store cannot tell whether a session was stored. Set the option WriteConcern."
            );
        }

        var hasOtherIndex = await _schema.PrepareAsync(collection, deadline.Token).ConfigureAwait(false);
        _opened(hasOtherIndex);
        return new SessionCollection(collection, _mapping);
    }

    private async Task<IMongoClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var made = await OwnClient.CreateAsync(_location!.Url, _timeout, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_isDisposed)
            {
                OwnClient.Close(made);
                throw Disposed();
            }

            return _ownClient = made;
        }
    }
}
