using BenchmarkDotNet.Attributes;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>The signature of the session cookie: what each request with a cookie pays.</summary>
[MemoryDiagnoser]
public class CookieBenchmarks
{
    private const string Id = "0123456789abcdefghijklmnopqrstuv";
    private const string PreviousSecret = "the secret before this one, for a rotation";

    private readonly CookieSigner _signer = new(["a secret that only the benchmarks know", PreviousSecret]);
    private readonly string _value;
    private readonly string _old = new CookieSigner([PreviousSecret]).Sign(Id);

    /// <summary>Makes a signed value.</summary>
    public CookieBenchmarks() => _value = _signer.Sign(Id);

    /// <summary>Signed with the current secret.</summary>
    [Benchmark]
    public string? Verify() => _signer.Unsign(_value, out _);

    /// <summary>Signed with the secret before: two tries.</summary>
    [Benchmark]
    public string? VerifyPreviousSecret() => _signer.Unsign(_old, out _);

    /// <summary>Signs an id.</summary>
    [Benchmark]
    public string Sign() => _signer.Sign(Id);
}
