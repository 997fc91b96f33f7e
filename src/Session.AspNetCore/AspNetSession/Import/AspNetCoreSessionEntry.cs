using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace ServerSessions;

/// <summary>
/// Reads what ASP.NET Core's session has stored in an <c>IDistributedCache</c>, revision 2: a byte with the revision, 3 bytes with the
/// number of values, 16 bytes of an id, and for each value 2 bytes with the length of the key, the key in UTF-8, 4 bytes with the length of
/// the value, and the value. Numbers are big-endian.
/// </summary>
internal static class AspNetCoreSessionEntry
{
    private const byte Revision = 2;
    private const int HeaderLength = 1 + 3 + 16;

    /// <summary>Reads an entry. What it allocates is bounded by the entry's length, and not by the numbers in it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="values">The values by key. A key that occurs twice has its last value.</param>
    /// <returns>
    /// Whether the entry is whole: it has the revision, ends with its last value, and each key is UTF-8.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> entry, [NotNullWhen(true)] out Dictionary<string, byte[]>? values)
    {
        values = null;
        if (entry.Length < HeaderLength || entry[0] != Revision)
        {
            return false;
        }

        var count = (entry[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(entry[2..]);
        var rest = entry[HeaderLength..];
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (; count > 0; count--)
        {
            if (
                rest.Length < 2
                || !TryTake(ref rest, 2, BinaryPrimitives.ReadUInt16BigEndian(rest), out var key)
                || !Utf8.IsValid(key)
                || rest.Length < 4
                || !TryTake(ref rest, 4, BinaryPrimitives.ReadUInt32BigEndian(rest), out var value)
            )
            {
                return false;
            }

            read[Encoding.UTF8.GetString(key)] = value.ToArray();
        }

        if (!rest.IsEmpty)
        {
            return false;
        }

        values = read;
        return true;
    }

    /// <summary>Takes bytes from the rest, behind the prefix that has their length.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, int prefix, long length, out ReadOnlySpan<byte> taken)
    {
        if (length > rest.Length - prefix)
        {
            taken = default;
            return false;
        }

        taken = rest.Slice(prefix, (int)length);
        rest = rest[(prefix + (int)length)..];
        return true;
    }
}
