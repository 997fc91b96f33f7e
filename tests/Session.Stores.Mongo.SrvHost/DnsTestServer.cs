using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerSessions.Stores.Mongo.SrvHost;

/// <summary>A DNS server (UDP) for tests, with the records that it is given. A name that it has no record of does not exist.</summary>
internal sealed class DnsTestServer : IDisposable
{
    private const int HeaderLength = 12;
    private const ushort Address = 1;
    private const ushort Text = 16;
    private const ushort Service = 33;
    private const ushort Internet = 1;
    private const int NoSuchName = 3;

    private readonly UdpClient _socket;
    private readonly Dictionary<(string Name, ushort Type), byte[]> _records = [];

    /// <summary>Binds port 53 of an address.</summary>
    public DnsTestServer(IPAddress address) => _socket = new UdpClient(new IPEndPoint(address, 53));

    public void AddAddress(string name, IPAddress address) => _records[(name, Address)] = address.GetAddressBytes();

    public void AddText(string name, string text) => _records[(name, Text)] = [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public void AddService(string name, string target, int port) =>
        _records[(name, Service)] = [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. Encode(target)];

    /// <summary>Serves until it is disposed.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var query = await _socket.ReceiveAsync();
                await _socket.SendAsync(Respond(query.Buffer), query.RemoteEndPoint);
            }
        }
        catch (Exception ended) when (ended is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Respond(byte[] query)
    {
        var (name, end) = Decode(query);
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end));
        var isKnown = _records.Keys.Any(key => key.Name == name);
        var record = _records.GetValueOrDefault((name, type));

        // Header: the query's id; a response, with recursion; one question; whether there is a record.
        var header = new byte[HeaderLength];
        query.AsSpan(0, 2).CopyTo(header);
        header[2] = 0x81;
        header[3] = (byte)(0x80 | (isKnown ? 0 : NoSuchName));
        header[5] = 1;
        header[7] = (byte)(record is null ? 0 : 1);
        var question = query[HeaderLength..(end + 4)];
        return record is null
            ? [.. header, .. question]
            // Named by a pointer to the question; a life of a minute.
            :
            [
                .. header,
                .. question,
                0xC0,
                HeaderLength,
                (byte)(type >> 8),
                (byte)type,
                0,
                (byte)Internet,
                0,
                0,
                0,
                60,
                (byte)(record.Length >> 8),
                (byte)record.Length,
                .. record,
            ];
    }

    private static (string Name, int End) Decode(byte[] query)
    {
        var labels = new List<string>();
        var at = HeaderLength;
        for (; query[at] != 0; at += query[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return (string.Join('.', labels).ToLowerInvariant(), at + 1);
    }

    private static byte[] Encode(string name) =>
        [.. name.Split('.').SelectMany(static label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];
}
