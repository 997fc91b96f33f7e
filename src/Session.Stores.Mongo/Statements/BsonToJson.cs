using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MongoDB.Bson;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Converts a sub-document to JSON as Node's <c>JSON.stringify</c> does.</summary>
internal sealed class BsonToJson : IDisposable
{
    // JavaScript writes whole numbers below this without an exponent.
    private const double MaxPlainNumber = 1e21;

    // Bounds the recursion. No MongoDB document is as deep.
    private const int MaxDepth = 1000;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = SessionJson.Encoder,
        SkipValidation = true,
        MaxDepth = MaxDepth,
    };

    private readonly ArrayBufferWriter<byte> _json = new(512);
    private readonly Utf8JsonWriter _writer;
    private int _depth;

    private BsonToJson() => _writer = new Utf8JsonWriter(_json, Options);

    /// <summary>Whether writing the JSON back would change a value: an ObjectId becomes a string, JavaScript's -0 an Int32.</summary>
    private bool LosesTypes { get; set; }

    /// <param name="session">The sub-document.</param>
    /// <param name="losesTypes">Whether values outside the cookie would change their type when the JSON is written back.</param>
    /// <exception cref="UnreadableSessionException">It is nested too deeply, or has values that JSON cannot hold.</exception>
    public static byte[] Convert(BsonDocument session, out bool losesTypes)
    {
        using var converter = new BsonToJson();
        losesTypes = false;
        converter.Start();
        foreach (var member in session)
        {
            converter._writer.WritePropertyName(member.Name);
            converter.LosesTypes = false;
            converter.Write(member.Value);
            losesTypes |= converter.LosesTypes && member.Name != SessionDocument.CookieName;
        }

        converter._writer.WriteEndObject();
        converter._writer.Flush();
        return converter._json.WrittenSpan.ToArray();
    }

    /// <summary>Returns whether two values have the same JSON.</summary>
    public static bool AreSame(BsonValue a, BsonValue b) =>
        Convert(new BsonDocument("v", a), out _).AsSpan().SequenceEqual(Convert(new BsonDocument("v", b), out _));

    public void Dispose() => _writer.Dispose();

    private void Write(BsonValue value)
    {
        switch (value)
        {
            case BsonString text:
                _writer.WriteStringValue(text.Value);
                break;
            case BsonInt32 or BsonInt64:
                LosesTypes |= value is BsonInt64;
                _writer.WriteNumberValue(value.ToInt64());
                break;
            case BsonDouble number:
                WriteDouble(number.Value);
                break;
            case BsonBoolean truth:
                _writer.WriteBooleanValue(truth.Value);
                break;
            case BsonNull or BsonUndefined:
                LosesTypes |= value is BsonUndefined;
                _writer.WriteNullValue();
                break;
            case BsonDocument document:
                Start();
                foreach (var member in document)
                {
                    _writer.WritePropertyName(member.Name);
                    Write(member.Value);
                }

                End(_writer.WriteEndObject);
                break;
            case BsonArray array:
                Deeper();
                _writer.WriteStartArray();
                foreach (var item in array)
                {
                    Write(item);
                }

                End(_writer.WriteEndArray);
                break;
            default:
                LosesTypes = true;
                _writer.WriteStringValue(TextOf(value));
                break;
        }
    }

    /// <summary>Returns what <c>toJSON</c> of Node's types returns.</summary>
    private static string TextOf(BsonValue value) =>
        value switch
        {
            BsonDateTime date => BsonInstant.ToInstant(date).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            BsonSymbol symbol => symbol.Name,
            BsonObjectId id => id.Value.ToString(),
            BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } uuid => uuid.ToGuid().ToString(),
            BsonBinaryData binary => System.Convert.ToBase64String(binary.Bytes),
            BsonDecimal128 number => number.Value.ToString(),
            _ => throw new UnreadableSessionException($"it has a value of the type {value.BsonType}, which JSON cannot represent"),
        };

    private void WriteDouble(double number)
    {
        // Whole numbers that fit become Int32, -0 too; NaN and infinities become null.
        LosesTypes |= !double.IsFinite(number) || (number is >= int.MinValue and <= int.MaxValue && number == Math.Truncate(number));
        if (!double.IsFinite(number))
        {
            _writer.WriteNullValue();
        }
        else if (Math.Abs(number) < MaxPlainNumber && number == Math.Truncate(number))
        {
            _writer.WriteNumberValue(WholeNumber.ShortestOf(number));
        }
        else
        {
            _writer.WriteNumberValue(number);
        }
    }

    private void Start()
    {
        Deeper();
        _writer.WriteStartObject();
    }

    private void Deeper()
    {
        if (++_depth > MaxDepth)
        {
            throw new UnreadableSessionException($"it is nested deeper than {MaxDepth} levels");
        }
    }

    private void End(Action write)
    {
        write();
        _depth--;
    }
}
