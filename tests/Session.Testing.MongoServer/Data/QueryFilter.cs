using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>
/// A filter, checked whole before the first document is looked at: an operator that is not known is an error even if nothing is there.
/// </summary>
internal sealed class QueryFilter
{
    private readonly Predicate<BsonDocument> _matches;

    private QueryFilter(Predicate<BsonDocument> matches, BsonValue? id)
    {
        _matches = matches;
        Id = id;
    }

    /// <summary>The one <c>_id</c> that can match, where the filter says so.</summary>
    public BsonValue? Id { get; }

    public static QueryFilter Parse(BsonDocument filter) => new(ParseClauses(filter), Equalities(filter).GetValueOrDefault("_id"));

    public bool Matches(BsonDocument document) => _matches(document);

    /// <summary>The fields that a filter sets equal to a value: what an upsert starts from.</summary>
    public static Dictionary<string, BsonValue> Equalities(BsonDocument filter)
    {
        var found = new Dictionary<string, BsonValue>(StringComparer.Ordinal);
        foreach (var (name, value) in filter.Elements.Select(static element => (element.Name, element.Value)))
        {
            if (name == "$and" && value is BsonArray clauses)
            {
                foreach (var (inner, equal) in clauses.OfType<BsonDocument>().SelectMany(Equalities))
                {
                    found[inner] = equal;
                }
            }
            else if (name[0] != '$' && !IsOperators(value))
            {
                found[name] = value;
            }
            else if (name[0] != '$' && value.AsBsonDocument.TryGetValue("$eq", out var equal))
            {
                found[name] = equal;
            }
        }

        return found;
    }

    private static Predicate<BsonDocument> ParseClauses(BsonDocument filter)
    {
        var clauses = filter.Elements.Select(static element => ParseClause(element.Name, element.Value)).ToArray();
        return document => Array.TrueForAll(clauses, clause => clause(document));
    }

    private static Predicate<BsonDocument> ParseClause(string name, BsonValue value)
    {
        if (name.Length == 0 || name[0] != '$')
        {
            return ParseField(name, value);
        }

        var parts = name is "$and" or "$or" or "$nor"
            ? ParseList(name, value)
            : throw new CommandException(
                ErrorCode.BadValue,
                $"unknown top level operator: {name}. (Or the MongoDB server for tests does not know it.)"
            );
        return name switch
        {
            "$and" => document => Array.TrueForAll(parts, part => part(document)),
            "$or" => document => Array.Exists(parts, part => part(document)),
            _ => document => !Array.Exists(parts, part => part(document)),
        };
    }

    private static Predicate<BsonDocument>[] ParseList(string name, BsonValue value) =>
        value is BsonArray { Count: > 0 } list && list.All(static item => item is BsonDocument)
            ? [.. list.Select(static item => ParseClauses(item.AsBsonDocument))]
            : throw new CommandException(ErrorCode.BadValue, $"{name} must be a nonempty array of objects");

    private static Predicate<BsonDocument> ParseField(string path, BsonValue value)
    {
        if (!IsOperators(value))
        {
            return ParseOperator(path, "$eq", value);
        }

        var operators = value.AsBsonDocument.Elements.Select(element => ParseOperator(path, element.Name, element.Value)).ToArray();
        return document => Array.TrueForAll(operators, each => each(document));
    }

    private static bool IsOperators(BsonValue value) =>
        value is BsonDocument { ElementCount: > 0 } document && document.GetElement(0).Name.StartsWith('$');

    private static Predicate<BsonDocument> ParseOperator(string path, string name, BsonValue operand)
    {
        if (
            operand is BsonRegularExpression or BsonJavaScript
            || (operand is BsonArray list && list.Any(static item => item is BsonRegularExpression))
        )
        {
            throw CommandException.NotImplemented("regular expressions and code in filters");
        }

        switch (name)
        {
            case "$eq":
                return document => IsEqual(document, path, operand);
            case "$ne":
                return document => !IsEqual(document, path, operand);
            case "$gt":
                return document => Compares(document, path, operand, static order => order > 0);
            case "$gte":
                return document => Compares(document, path, operand, static order => order >= 0);
            case "$lt":
                return document => Compares(document, path, operand, static order => order < 0);
            case "$lte":
                return document => Compares(document, path, operand, static order => order <= 0);
            case "$in" or "$nin" when operand is BsonArray among:
                return document => among.Any(item => IsEqual(document, path, item)) == (name == "$in");
            case "$in" or "$nin":
                throw new CommandException(ErrorCode.BadValue, $"{name} needs an array");
            case "$exists":
                var wanted = operand.ToBoolean();
                return document => FieldPath.Values(document, path).Any() == wanted;
            case "$not" when IsOperators(operand):
                var inner = ParseField(path, operand);
                return document => !inner(document);
            default:
                throw new CommandException(
                    ErrorCode.BadValue,
                    $"unknown operator: {name}. (Or the MongoDB server for tests does not know it.)"
                );
        }
    }

    private static bool IsEqual(BsonDocument document, string path, BsonValue operand)
    {
        var values = FieldPath.Values(document, path);
        return values.Any(value => BsonOrder.AreEqual(value, operand)) || (operand.IsBsonNull && !values.Any());
    }

    private static bool Compares(BsonDocument document, string path, BsonValue operand, Func<int, bool> holds) =>
        FieldPath
            .Values(document, path)
            .Any(value => BsonOrder.AreComparable(value, operand) && holds(BsonOrder.Instance.Compare(value, operand)));
}
