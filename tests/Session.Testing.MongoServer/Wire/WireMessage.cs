using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace ServerSessions.Testing.MongoServer.Wire;

/// <summary>
/// A command as it came over the wire: an OP_MSG with its sections put together, or the OP_QUERY with which drivers greet a server of
/// unknown age.
/// </summary>
/// <remarks>Format: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/</remarks>
internal sealed record WireMessage(int RequestId, bool IsLegacy, bool WantsNoReply, BsonDocument Command)
{
    private const int HeaderLength = 16;
    private const int MaxLength = 48_000_000;
    private const int OpMsg = 2013;
    private const int OpQuery = 2004;
    private const int OpReply = 1;

    private const uint ChecksumPresent = 1;
    private const uint MoreToCome = 2;
    private const uint RequiredBits = 0xffff;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <returns>The next message, or nothing where the client has closed the connection.</returns>
    public static async Task<WireMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken) < HeaderLength)
        {
            return null;
        }

        var length = ReadInt32(header, 0);
        if (length is < HeaderLength or > MaxLength)
        {
            throw new WireFormatException($"a message of {length} bytes");
        }

        var body = new byte[length - HeaderLength];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return ReadInt32(header, 12) switch
        {
            OpMsg => ParseMsg(ReadInt32(header, 4), body),
            OpQuery => ParseQuery(ReadInt32(header, 4), body),
            var other => throw new WireFormatException($"an unknown opcode {other}"),
        };
    }

    /// <summary>The reply to this message, framed as it came.</summary>
    public byte[] Reply(BsonDocument document)
    {
        var bson = document.ToBson();
        var preamble = IsLegacy ? 20 : 5;
        var message = new byte[HeaderLength + preamble + bson.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), RequestId);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), IsLegacy ? OpReply : OpMsg);
        if (IsLegacy)
        {
            // Flags, cursor id and starting position are 0; one document is returned.
            message[HeaderLength] = 8;
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(HeaderLength + 16), 1);
        }

        bson.CopyTo(message.AsSpan(HeaderLength + preamble));
        return message;
    }

    private static WireMessage ParseMsg(int requestId, byte[] body)
    {
        var flags = (uint)ReadInt32(body, 0);
        if ((flags & RequiredBits & ~(ChecksumPresent | MoreToCome)) != 0)
        {
            throw new WireFormatException($"unknown flags {flags:x}");
        }

        var end = body.Length - ((flags & ChecksumPresent) != 0 ? 4 : 0);
        BsonDocument? command = null;
        var sequences = new List<(string Name, BsonArray Documents)>();
        for (var position = 4; position < end;)
        {
            switch (body[position++])
            {
                case 0:
                    command = ReadDocument(body, ref position, end);
                    break;
                case 1:
                    var sectionEnd = position + ReadInt32(body, position);
                    position += 4;
                    var name = ReadName(body, ref position);
                    var documents = new BsonArray();
                    while (position < sectionEnd)
                    {
                        documents.Add(ReadDocument(body, ref position, end));
                    }

                    sequences.Add((name, documents));
                    break;
                default:
                    throw new WireFormatException("an unknown kind of section");
            }
        }

        if (command is null)
        {
            throw new WireFormatException("no body");
        }

        sequences.ForEach(sequence => command.Add(sequence.Name, sequence.Documents));
        return new WireMessage(requestId, IsLegacy: false, (flags & MoreToCome) != 0, command);
    }

    private static WireMessage ParseQuery(int requestId, byte[] body)
    {
        var position = 4;
        var name = ReadName(body, ref position);
        if (!name.EndsWith(".$cmd", StringComparison.Ordinal))
        {
            throw new WireFormatException("an OP_QUERY that is no command");
        }

        position += 8;
        var command = ReadDocument(body, ref position, body.Length);
        command["$db"] = name[..^".$cmd".Length];
        return new WireMessage(requestId, IsLegacy: true, WantsNoReply: false, command);
    }

    private static BsonDocument ReadDocument(byte[] body, ref int position, int end)
    {
        var length = ReadInt32(body, position);
        if (length < 5 || position + length > end)
        {
            throw new WireFormatException("a document that is longer than its message");
        }

        var document = BsonSerializer.Deserialize<BsonDocument>(body[position..(position + length)]);
        position += length;
        return document;
    }

    private static string ReadName(byte[] body, ref int position)
    {
        var length = body.AsSpan(position).IndexOf((byte)0);
        var name = StrictUtf8.GetString(body, position, length);
        position += length + 1;
        return name;
    }

    private static int ReadInt32(byte[] bytes, int position) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(position));
}
