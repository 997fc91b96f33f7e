using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>The last write of each client session, so that a repeated one gets its reply and is not executed again.</summary>
internal sealed class RetriedWrites
{
    private readonly Dictionary<BsonValue, (long Number, BsonDocument Reply)> _last = [];

    public bool TryGet(BsonValue session, long number, [NotNullWhen(true)] out BsonDocument? reply)
    {
        reply = null;
        if (!_last.TryGetValue(session, out var last))
        {
            return false;
        }

        if (number < last.Number)
        {
            throw new CommandException(
                ErrorCode.TransactionTooOld,
                $"Retryable write with txnNumber {number} is prohibited: a newer one with {last.Number} has started"
            );
        }

        reply = number == last.Number ? last.Reply : null;
        return reply is not null;
    }

    public void Keep(BsonValue session, long number, BsonDocument reply) => _last[session] = (number, reply);
}
