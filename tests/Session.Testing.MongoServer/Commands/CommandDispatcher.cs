using System.Collections.Concurrent;
using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;
using ServerSessions.Testing.MongoServer.Wire;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>Finds the command, takes care of what all commands have in common, and turns errors into replies.</summary>
internal sealed class CommandDispatcher(Catalog catalog, ServerCommands server, TimeProvider time, string? replicaSet)
{
    private static readonly HashSet<string> Writes = new(StringComparer.Ordinal)
    {
        "insert",
        "update",
        "delete",
        "findAndModify",
        "findandmodify",
        "createIndexes",
        "drop",
        "dropDatabase",
    };

    private static readonly HashSet<string> Retryable = new(StringComparer.Ordinal)
    {
        "insert",
        "update",
        "delete",
        "findAndModify",
        "findandmodify",
    };

    private readonly OpenCursors _cursors = new();
    private readonly RetriedWrites _retried = new();

    /// <summary>What was received, oldest first, without the handshakes.</summary>
    public ConcurrentQueue<BsonDocument> Received { get; } = new();

    public BsonDocument Execute(WireMessage message)
    {
        Remember(message);
        try
        {
            return Run(message);
        }
        catch (CommandException error)
        {
            return ToReply(message, error);
        }
        catch (DuplicateKeyException error)
        {
            return ToReply(message, new CommandException(ErrorCode.DuplicateKey, error.Message));
        }
    }

    public BsonDocument Fail(WireMessage message, CommandException error)
    {
        Remember(message);
        return ToReply(message, error);
    }

    public BsonDocument Record(WireMessage message, BsonDocument reply)
    {
        Remember(message);
        return reply.DeepClone().AsBsonDocument;
    }

    private void Remember(WireMessage message)
    {
        if (message.Command.GetElement(0).Name is not ("hello" or "isMaster" or "ismaster"))
        {
            Received.Enqueue(message.Command);
        }
    }

    private BsonDocument Run(WireMessage message)
    {
        var name = message.Command.GetElement(0).Name;
        if (message.IsLegacy && name is not ("isMaster" or "ismaster" or "hello"))
        {
            throw new CommandException(ErrorCode.UnsupportedOpQueryCommand, $"Unsupported OP_QUERY command: {name}.");
        }

        var fields = new CommandArguments(name, message.Command);
        var context = new CommandContext(fields.Text("$db"), fields, catalog, _cursors, time);
        TakeReadPreference(fields);
        var concern = TakeWriteConcern(name, fields);
        fields.Optional("comment");
        fields.Optional("$clusterTime");
        fields.Number("maxTimeMS");
        var session = fields.Optional("lsid");
        var transaction = TakeTransactionNumber(name, fields, session);
        lock (catalog.Gate)
        {
            if (transaction is { } number && _retried.TryGet(session!, number, out var earlier))
            {
                return earlier;
            }

            var reply = Find(name)(context);
            if (concern is not null)
            {
                reply.Add("writeConcernError", concern);
            }

            // As mongod: what failed was not executed, and is executed when it is sent again.
            if (transaction is { } executed && !reply.Contains("writeErrors"))
            {
                _retried.Keep(session!, executed, reply);
            }

            return reply;
        }
    }

    private Func<CommandContext, BsonDocument> Find(string name) =>
        name switch
        {
            "hello" or "isMaster" or "ismaster" => context => server.Hello(context, name),
            "ping" => ServerCommands.Ping,
            "buildInfo" or "buildinfo" => context => ServerCommands.BuildInfo(context, name),
            "endSessions" => ServerCommands.EndSessions,
            "find" => ReadCommands.Find,
            "getMore" => ReadCommands.GetMore,
            "killCursors" => ReadCommands.KillCursors,
            "count" => ReadCommands.Count,
            "aggregate" => ReadCommands.Aggregate,
            "insert" => WriteCommands.Insert,
            "update" => WriteCommands.Update,
            "delete" => WriteCommands.Delete,
            "findAndModify" or "findandmodify" => context => FindAndModify.Run(context, name),
            "createIndexes" => CatalogCommands.CreateIndexes,
            "listIndexes" => CatalogCommands.ListIndexes,
            "listCollections" => CatalogCommands.ListCollections,
            "drop" => CatalogCommands.Drop,
            "dropDatabase" => CatalogCommands.DropDatabase,
            _ => throw new CommandException(
                ErrorCode.CommandNotFound,
                $"no such command: '{name}', or one that the MongoDB server for tests does not know"
            ),
        };

    private static void TakeReadPreference(CommandArguments fields)
    {
        var preference = new CommandArguments("$readPreference", fields.DocumentOr("$readPreference", new BsonDocument("mode", "primary")));
        if (!preference.Text("mode").StartsWith("primary", StringComparison.Ordinal))
        {
            throw CommandException.NotImplemented("reading from secondaries");
        }

        preference.ThrowIfUnknown();
        var concern = new CommandArguments("readConcern", fields.DocumentOr("readConcern", []));
        concern.Optional("level");
        concern.ThrowIfUnknown();
    }

    /// <returns>What is to be said where the one member cannot satisfy the concern.</returns>
    private BsonDocument? TakeWriteConcern(string name, CommandArguments fields)
    {
        if (!fields.Has("writeConcern"))
        {
            return null;
        }

        if (!Writes.Contains(name))
        {
            throw new CommandException(ErrorCode.InvalidOptions, $"Command {name} does not support writeConcern");
        }

        var concern = new CommandArguments("writeConcern", fields.Document("writeConcern"));
        var w = concern.Optional("w") ?? 1;
        concern.Flag("j");
        concern.Number("wtimeout");
        concern.ThrowIfUnknown();
        if (w.IsString ? w.AsString == "majority" : w.ToInt32() <= 1)
        {
            return null;
        }

        if (replicaSet is null)
        {
            throw new CommandException(ErrorCode.BadValue, "cannot use 'w' > 1 when a host is not replicated");
        }

        return new BsonDocument
        {
            { "code", ErrorCode.UnsatisfiableWriteConcern },
            { "codeName", "UnsatisfiableWriteConcern" },
            { "errmsg", "Not enough data-bearing nodes" },
        };
    }

    private long? TakeTransactionNumber(string name, CommandArguments fields, BsonValue? session)
    {
        if (fields.Number("txnNumber") is not { } number)
        {
            return null;
        }

        if (replicaSet is null)
        {
            throw new CommandException(
                ErrorCode.IllegalOperation,
                "Transaction numbers are only allowed on a replica set member or mongos"
            );
        }

        return session is not null && Retryable.Contains(name)
            ? number
            : throw new CommandException(
                ErrorCode.InvalidOptions,
                "A transaction number needs a session and a command that can be retried"
            );
    }

    private BsonDocument ToReply(WireMessage message, CommandException error)
    {
        var reply = new BsonDocument
        {
            { "ok", 0 },
            { "errmsg", error.Message },
            { "code", error.Code },
            { "codeName", ErrorCode.NameOf(error.Code) },
        };
        return replicaSet is not null && message.Command.Contains("txnNumber") && ErrorCode.IsRetryable(error.Code)
            ? reply.Add("errorLabels", new BsonArray { "RetryableWriteError" })
            : reply;
    }
}
