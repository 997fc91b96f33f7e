using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>A file of this assembly that browsers may keep for ever: its name in links has a hash of its content.</summary>
internal sealed class EmbeddedAsset
{
    // 48 bits: a new content has a new name.
    private const int HashBytes = 6;

    private readonly byte[] _content;
    private readonly string _type;

    public EmbeddedAsset(Assembly assembly, string name, string type)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _type = type;
        var hash = Convert.ToHexStringLower(SHA256.HashData(_content).AsSpan(0, HashBytes));
        FileName = $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
    }

    /// <summary>The name with the hash.</summary>
    public string FileName { get; }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = _type;
        response.ContentLength = _content.Length;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.XContentTypeOptions = "nosniff";
        return response.Body.WriteAsync(_content, context.RequestAborted).AsTask();
    }
}
