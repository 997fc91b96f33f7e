using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>What a driver asks a server about itself.</summary>
internal sealed class ServerCommands(string address, string? replicaSet)
{
    // 7.0. A newer one would have to offer bulkWrite.
    private const int MaxWireVersion = 21;

    // The oldest that drivers of today speak to is 4.2.
    private const int MinWireVersion = 0;

    public BsonDocument Hello(CommandContext context, string command)
    {
        var fields = context.Arguments;
        fields.Required(command);
        foreach (
            var said in (string[])["helloOk", "client", "compression", "saslSupportedMechs", "speculativeAuthenticate", "backpressure"]
        )
        {
            // What is offered and not taken up: no compression, no users.
            fields.Optional(said);
        }

        // topologyVersion and maxAwaitTimeMS ask for a stream of replies; a client without a topologyVersion does not ask for one.
        fields.ThrowIfUnknown();
        var reply = new BsonDocument
        {
            { "helloOk", true },
            { command == "hello" ? "isWritablePrimary" : "ismaster", true },
            { "maxBsonObjectSize", StoredCollection.MaxDocumentSize },
            { "maxMessageSizeBytes", 48_000_000 },
            { "maxWriteBatchSize", 100_000 },
            { "localTime", new BsonDateTime(context.Now.ToUnixTimeMilliseconds()) },
            { "logicalSessionTimeoutMinutes", 30 },
            { "connectionId", 1 },
            { "minWireVersion", MinWireVersion },
            { "maxWireVersion", MaxWireVersion },
            { "readOnly", false },
        };
        if (replicaSet is not null)
        {
            reply.AddRange(
                new BsonDocument
                {
                    { "setName", replicaSet },
                    { "setVersion", 1 },
                    { "secondary", false },
                    {
                        "hosts",
                        new BsonArray { address }
                    },
                    { "primary", address },
                    { "me", address },
                }
            );
        }

        return reply.Add("ok", 1);
    }

    public static BsonDocument Ping(CommandContext context) => Acknowledge(context, "ping");

    public static BsonDocument EndSessions(CommandContext context)
    {
        context.Arguments.Array("endSessions");
        context.Arguments.ThrowIfUnknown();
        return CommandContext.Ok;
    }

    public static BsonDocument BuildInfo(CommandContext context, string command)
    {
        Acknowledge(context, command);
        return new BsonDocument
        {
            { "version", "7.0.0" },
            { "gitVersion", "Session.Testing.MongoServer, a test double" },
            { "modules", new BsonArray() },
            {
                "versionArray",
                new BsonArray { 7, 0, 0, 0 }
            },
            { "maxBsonObjectSize", StoredCollection.MaxDocumentSize },
            { "ok", 1 },
        };
    }

    private static BsonDocument Acknowledge(CommandContext context, string command)
    {
        context.Arguments.Required(command);
        context.Arguments.ThrowIfUnknown();
        return CommandContext.Ok;
    }
}
