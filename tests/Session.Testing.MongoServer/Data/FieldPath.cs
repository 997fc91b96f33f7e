using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>Fields by dotted names. Positions in arrays (<c>a.0</c>, <c>a.$</c>) are not implemented.</summary>
internal static class FieldPath
{
    /// <summary>
    /// The values that a query compares at a path: those in arrays on the way, and of an array at its end the array and its items.
    /// </summary>
    public static IEnumerable<BsonValue> Values(BsonDocument document, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (!document.TryGetValue(dot < 0 ? path : path[..dot], out var value))
        {
            return [];
        }

        if (dot < 0)
        {
            return value is BsonArray items ? items.Prepend(items) : [value];
        }

        var rest = path[(dot + 1)..];
        return value switch
        {
            BsonDocument inner => Values(inner, rest),
            BsonArray array => array.OfType<BsonDocument>().SelectMany(inner => Values(inner, rest)),
            _ => [],
        };
    }

    /// <summary>Sets a field, making the documents on the way.</summary>
    public static void Set(BsonDocument document, string path, BsonValue value)
    {
        var owner = Owner(document, path, create: true, out var name)!;
        owner[name] = value.DeepClone();
    }

    public static void Remove(BsonDocument document, string path) => Owner(document, path, create: false, out var name)?.Remove(name);

    private static BsonDocument? Owner(BsonDocument document, string path, bool create, out string name)
    {
        var names = path.Split('.');
        name = names[^1];
        foreach (var step in names)
        {
            if (step.Length == 0 || step[0] == '$')
            {
                throw new CommandException(
                    ErrorCode.BadValue,
                    "The field name is empty, or starts with '$', which names no field of a document here."
                );
            }
        }

        foreach (var step in names[..^1])
        {
            if (!document.TryGetValue(step, out var next))
            {
                if (!create)
                {
                    return null;
                }

                document.Add(step, next = new BsonDocument());
            }

            document = next as BsonDocument ?? throw CommandException.NotImplemented("updates within anything but documents");
        }

        return document;
    }
}
