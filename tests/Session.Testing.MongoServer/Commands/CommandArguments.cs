using MongoDB.Bson;

namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>
/// The fields of a command, a statement or an index. A field that was not read by the end is unknown, and unknown is an error.
/// </summary>
internal sealed class CommandArguments(string owner, BsonDocument fields)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public bool Has(string name) => fields.Contains(name);

    public BsonValue? Optional(string name)
    {
        _taken.Add(name);
        return fields.TryGetValue(name, out var value) ? value : null;
    }

    public BsonValue Required(string name) =>
        Optional(name) ?? throw new CommandException(40414, $"BSON field '{owner}.{name}' is missing but a required field");

    public BsonDocument Document(string name) => Typed<BsonDocument>(name, Required(name));

    public BsonDocument DocumentOr(string name, BsonDocument fallback) =>
        Optional(name) is { } value ? Typed<BsonDocument>(name, value) : fallback;

    public BsonArray Array(string name) => Typed<BsonArray>(name, Required(name));

    public string Text(string name) => Typed<BsonString>(name, Required(name)).Value;

    public bool Flag(string name, bool fallback = false) =>
        Optional(name) switch
        {
            null => fallback,
            { IsBoolean: true } value => value.AsBoolean,
            { IsNumeric: true } value => value.ToDouble() != 0,
            var other => throw WrongType(name, other),
        };

    public long? Number(string name) =>
        Optional(name) switch
        {
            null => null,
            { IsNumeric: true } value => value.ToInt64(),
            var other => throw WrongType(name, other),
        };

    public void ThrowIfUnknown()
    {
        if (fields.Names.FirstOrDefault(name => !_taken.Contains(name)) is { } unknown)
        {
            throw new CommandException(
                ErrorCode.UnknownField,
                $"BSON field '{owner}.{unknown}' is an unknown field, or one that the MongoDB server for tests does not know."
            );
        }
    }

    private T Typed<T>(string name, BsonValue value)
        where T : BsonValue => value as T ?? throw WrongType(name, value);

    private CommandException WrongType(string name, BsonValue value) =>
        new(ErrorCode.TypeMismatch, $"BSON field '{owner}.{name}' is the wrong type '{value.BsonType}'");
}
