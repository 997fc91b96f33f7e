using System.Text.Json;

namespace ServerSessions.Interop.Host.Steps;

/// <summary>What the steps of a run gave, each as JSON.</summary>
internal sealed class Trace
{
    private readonly List<byte[]> _entries = [];

    /// <summary>A value as an entry.</summary>
    public static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Answers.Json);

    public void Add(byte[] entry) => _entries.Add(entry);

    /// <summary>The response: <c>{"trace":[…]}</c>.</summary>
    public byte[] ToJson()
    {
        using var json = new MemoryStream();
        json.Write("{\"trace\":["u8);
        for (var i = 0; i < _entries.Count; i++)
        {
            json.Write(i == 0 ? ""u8 : ","u8);
            json.Write(_entries[i]);
        }

        json.Write("]}"u8);
        return json.ToArray();
    }
}
