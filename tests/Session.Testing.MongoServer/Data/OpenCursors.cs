using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>
/// Results that did not fit into one reply. They are what was found at the time of the query; mongod's would follow later changes.
/// </summary>
internal sealed class OpenCursors
{
    private const int DefaultFirstBatch = 101;

    // A reply has a few bytes more than a document may have.
    private const int MaxBatchBytes = 16 * 1024 * 1024;

    private readonly Dictionary<long, OpenCursor> _open = [];

    /// <summary>The first batch, and a cursor for the rest if there is one.</summary>
    public BsonDocument Answer(string collection, IEnumerable<BsonDocument> results, long? batchSize, bool singleBatch)
    {
        var cursor = new OpenCursor(collection, new Queue<BsonDocument>(results));
        var batch = cursor.Take(batchSize ?? DefaultFirstBatch);
        var id = 0L;
        if (!singleBatch && cursor.Rest.Count > 0)
        {
            id = Random.Shared.NextInt64(1, long.MaxValue);
            _open.Add(id, cursor);
        }

        return ToReply("firstBatch", batch, id, collection);
    }

    public BsonDocument More(long id, string collection, long? batchSize)
    {
        if (!_open.TryGetValue(id, out var cursor) || cursor.Collection != collection)
        {
            throw new CommandException(ErrorCode.CursorNotFound, $"cursor id {id} not found");
        }

        var batch = cursor.Take(batchSize is null or 0 ? long.MaxValue : batchSize.Value);
        if (cursor.Rest.Count == 0)
        {
            _open.Remove(id);
            id = 0;
        }

        return ToReply("nextBatch", batch, id, collection);
    }

    public bool Kill(long id) => _open.Remove(id);

    private static BsonDocument ToReply(string batchName, BsonArray batch, long id, string collection) =>
        new()
        {
            {
                "cursor",
                new BsonDocument
                {
                    { batchName, batch },
                    { "id", id },
                    { "ns", collection },
                }
            },
            { "ok", 1 },
        };

    private sealed record OpenCursor(string Collection, Queue<BsonDocument> Rest)
    {
        public BsonArray Take(long count)
        {
            var batch = new BsonArray();
            var bytes = 0;
            while (batch.Count < count && Rest.TryPeek(out var next))
            {
                bytes += next.ToBson().Length;
                if (bytes > MaxBatchBytes && batch.Count > 0)
                {
                    break;
                }

                batch.Add(Rest.Dequeue());
            }

            return batch;
        }
    }
}
