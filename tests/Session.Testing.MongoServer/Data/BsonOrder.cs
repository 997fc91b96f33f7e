using System.Text;
using MongoDB.Bson;

namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>
/// MongoDB's order of values: by kind first, then by value; numbers of all types are one kind. Strings compare by their UTF-8 bytes, as
/// without a collation.
/// </summary>
internal sealed class BsonOrder : IComparer<BsonValue>
{
    public static BsonOrder Instance { get; } = new();

    public int Compare(BsonValue? x, BsonValue? y)
    {
        var byKind = KindOf(x!).CompareTo(KindOf(y!));
        if (byKind != 0)
        {
            return byKind;
        }

        return (x, y) switch
        {
            (BsonString a, BsonString b) => Encoding.UTF8.GetBytes(a.Value).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Value)),
            (BsonDocument a, BsonDocument b) => CompareDocuments(a, b),
            (BsonArray a, BsonArray b) => CompareArrays(a, b),
            (BsonBinaryData a, BsonBinaryData b) => CompareBinary(a, b),
            _ when x!.IsNumeric => CompareNumbers(x, y!),
            (BsonNull or BsonUndefined or BsonMinKey or BsonMaxKey, _) => 0,
            _ => x!.CompareTo(y),
        };
    }

    public static bool AreEqual(BsonValue a, BsonValue b) => Instance.Compare(a, b) == 0;

    /// <summary>Values of different kinds are never greater or less for a query ("type bracketing").</summary>
    public static bool AreComparable(BsonValue a, BsonValue b) => KindOf(a) == KindOf(b);

    private static int KindOf(BsonValue value) =>
        value.BsonType switch
        {
            BsonType.MinKey => 0,
            BsonType.Undefined or BsonType.Null => 1,
            BsonType.Int32 or BsonType.Int64 or BsonType.Double or BsonType.Decimal128 => 2,
            BsonType.String or BsonType.Symbol => 3,
            BsonType.Document => 4,
            BsonType.Array => 5,
            BsonType.Binary => 6,
            BsonType.ObjectId => 7,
            BsonType.Boolean => 8,
            BsonType.DateTime => 9,
            BsonType.Timestamp => 10,
            BsonType.RegularExpression => 11,
            BsonType.MaxKey => 13,
            _ => 12,
        };

    private static int CompareNumbers(BsonValue a, BsonValue b) =>
        a.BsonType == BsonType.Int64 && b.BsonType == BsonType.Int64
            ? a.AsInt64.CompareTo(b.AsInt64)
            : a.ToDouble().CompareTo(b.ToDouble());

    private static int CompareBinary(BsonBinaryData a, BsonBinaryData b)
    {
        var byLength = a.Bytes.Length.CompareTo(b.Bytes.Length);
        var bySubType = byLength != 0 ? byLength : a.SubType.CompareTo(b.SubType);
        return bySubType != 0 ? bySubType : a.Bytes.AsSpan().SequenceCompareTo(b.Bytes);
    }

    private int CompareDocuments(BsonDocument a, BsonDocument b)
    {
        for (var i = 0; i < Math.Min(a.ElementCount, b.ElementCount); i++)
        {
            var (left, right) = (a.GetElement(i), b.GetElement(i));
            var result = KindOf(left.Value).CompareTo(KindOf(right.Value));
            result = result != 0 ? result : string.CompareOrdinal(left.Name, right.Name);
            result = result != 0 ? result : Compare(left.Value, right.Value);
            if (result != 0)
            {
                return result;
            }
        }

        return a.ElementCount.CompareTo(b.ElementCount);
    }

    private int CompareArrays(BsonArray a, BsonArray b)
    {
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            var result = Compare(a[i], b[i]);
            if (result != 0)
            {
                return result;
            }
        }

        return a.Count.CompareTo(b.Count);
    }
}
