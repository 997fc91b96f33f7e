using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>Which fields of the top level a reply holds: those named with 1, or all but those named with 0.</summary>
internal sealed class Projection
{
    private readonly Dictionary<string, bool> _fields = new(StringComparer.Ordinal);
    private readonly bool _includes;

    public Projection(BsonDocument projection)
    {
        foreach (var field in projection.Elements)
        {
            if (field.Name.Contains('.', StringComparison.Ordinal) || !(field.Value.IsBoolean || field.Value.IsNumeric))
            {
                throw CommandException.NotImplemented("projections of anything but fields of the top level by 1 and 0");
            }

            _fields.Add(field.Name, field.Value.ToBoolean());
        }

        var others = _fields.Where(static field => field.Key != "_id").Select(static field => field.Value).Distinct().ToArray();
        if (others.Length > 1)
        {
            throw new CommandException(31254, "Cannot do exclusion in inclusion projection, nor the other way round");
        }

        _includes = others.Length == 1 ? others[0] : _fields.GetValueOrDefault("_id");
    }

    public BsonDocument Apply(BsonDocument document) =>
        _fields.Count == 0 ? document : new BsonDocument(document.Elements.Where(element => Keeps(element.Name)));

    private bool Keeps(string name) => _fields.TryGetValue(name, out var keeps) ? keeps : name == "_id" || !_includes;
}
