using System.Text;
using BenchmarkDotNet.Attributes;
using ServerSessions.Payload;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>The scan of a record's top level, a value out of it, and the record written again.</summary>
[MemoryDiagnoser]
public class RecordBenchmarks
{
    private static readonly byte[] One = "1"u8.ToArray();

    private byte[] _payload = [];
    private SessionDocument _document = null!;
    private SessionDocument _same = null!;

    /// <summary>The bytes of text in the session.</summary>
    [Params(200, 4096, 65536)]
    public int Bytes { get; set; }

    /// <summary>Makes the record.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _payload = Encoding.UTF8.GetBytes(
            $$$"""
            {"cookie":{"originalMaxAge":3600000,"expires":"2030-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"n":0,"data":"{{{new string(
                'x',
                Bytes
            )}}}"}
            """
        );
        _document = SessionDocument.Parse(_payload);
        _same = SessionDocument.Parse(_payload.ToArray());
    }

    /// <summary>Reads a record.</summary>
    [Benchmark]
    public SessionDocument Scan() => SessionDocument.Parse(_payload);

    /// <summary>Finds a value.</summary>
    [Benchmark]
    public bool TryGetJson() => _document.TryGetJson("n", out _);

    /// <summary>Replaces a value.</summary>
    [Benchmark]
    public void SetJson() => _document.SetJson("n", One);

    /// <summary>The decision of a commit, at its dearest: every byte is compared, and nothing has changed.</summary>
    [Benchmark]
    public bool ContentEquals() => _document.ContentEquals(_same);

    /// <summary>Writes the record.</summary>
    [Benchmark]
    public byte[] ToPayload() => _document.ToPayload();
}
