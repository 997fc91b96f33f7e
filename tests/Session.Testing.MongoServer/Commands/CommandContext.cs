using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Data;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>What a command works with.</summary>
internal sealed record CommandContext(string Database, CommandArguments Arguments, Catalog Catalog, OpenCursors Cursors, TimeProvider Time)
{
    public DateTimeOffset Now => Time.GetUtcNow();

    public static BsonDocument Ok => new("ok", 1);

    /// <summary>The collection that a command names as its first field.</summary>
    public string CollectionName(string command)
    {
        var name = Arguments.Text(command);
        return name.Length > 0 && !name.Contains('$', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw new CommandException(ErrorCode.InvalidNamespace, $"Invalid namespace specified '{Database}.{name}'");
    }

    public string FullName(string collection) => $"{Database}.{collection}";
}
