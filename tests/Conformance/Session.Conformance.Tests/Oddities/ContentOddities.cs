using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerSessions.Conformance.Tests.Reference;
using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>What is kept, and what is returned.</summary>
internal static class ContentOddities
{
    public sealed class HashedIds(Setup s) : ReferenceStore(s)
    {
        protected override string Key(string sid) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(sid))) + sid[..0];
    }

    public sealed class Reorders(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload)
        {
            SessionDocument.Parse(payload);
            if (Encoding.UTF8.GetString(payload.Span).Contains("\\ud800b", StringComparison.Ordinal))
            {
                throw new SessionStoreException(
                    "A text with half a surrogate pair cannot be kept.",
                    SessionStoreOperation.Set,
                    "Odd",
                    isTransient: false
                );
            }

            var members = JsonNode.Parse(payload.Span, documentOptions: new() { MaxDepth = 128 })!.AsObject().Reverse().ToArray();
            var texts = members.Select(static member =>
                $"{JsonSerializer.Serialize(member.Key)}: {member.Value?.ToJsonString(Deep) ?? "null"}"
            );
            return Encoding.UTF8.GetBytes($"{{{string.Join(" , ", texts)}}}");
        }

        protected override bool Same(Row row, SessionRecord expected) =>
            expected.Token is { } token ? token == row.Content : Encode(expected.Payload).AsSpan().SequenceEqual(row.Payload);

        private static JsonSerializerOptions Deep { get; } = new() { MaxDepth = 128 };
    }

    public static byte[] Compress(byte[] payload)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.Fastest))
        {
            zip.Write(payload);
        }

        return target.ToArray();
    }

    public static ReadOnlyMemory<byte> Decompress(byte[] stored)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress))
        {
            zip.CopyTo(target);
        }

        return target.ToArray();
    }

    // Stands for a cipher with a nonce: what is at rest differs with each write.
    public static byte[] Encrypt(byte[] payload)
    {
        var nonce = (byte)Random.Shared.Next(1, 256);
        return [nonce, .. payload.Select(one => (byte)(one ^ nonce))];
    }

    public static ReadOnlyMemory<byte> Decrypt(byte[] stored) => stored.Skip(1).Select(one => (byte)(one ^ stored[0])).ToArray();

    public sealed class ReturnsDamage(Setup s) : ReferenceStore(s)
    {
        protected override SessionRecord ToRecord(Row row) => SessionRecord.TakeOwnership(row.Payload, row.Expires, row.Content);
    }

    public sealed class Throws(Setup s, Func<Exception?> absence, bool declares = false) : ReferenceStore(s)
    {
        public override bool MissingFileMeansAbsent => declares;

        protected override SessionRecord? Absent(string sid) => absence() is { } error ? throw error : null;
    }
}
