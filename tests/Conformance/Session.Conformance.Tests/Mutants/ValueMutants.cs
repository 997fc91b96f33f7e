using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about records as values.</summary>
internal static class ValueMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("result buffer from a pool", "ISO-01", "another session was read: as it was", s => new PooledBuffer(s)),
            Mutant.Of("encrypts in place", "ISO-02", "its payload has changed", s => new ScramblesInPlace(s)),
            Mutant.Of("touch goes by the record's bytes", "ISO-03", "after the first was touched", s => new TouchesByContent(s)),
            Mutant.Of("listing shares a buffer", "ISO-08", "an entry with another session's payload", s => new ListingSharesBuffer(s)),
        ];

    private sealed class PooledBuffer(Setup s) : ReferenceStore(s)
    {
        private readonly byte[] _buffer = new byte[MaxPayload];

        protected override ReadOnlyMemory<byte> Decode(byte[] stored)
        {
            stored.CopyTo(_buffer, 0);
            return _buffer.AsMemory(0, stored.Length);
        }
    }

    private sealed class ScramblesInPlace(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload)
        {
            var copy = payload.ToArray();
            if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(payload, out var array))
            {
                array.AsSpan().Reverse();
            }

            return copy;
        }
    }

    private sealed class TouchesByContent(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var row = Find(sid);
            var result = base.Retouch(sid, record);
            foreach (
                var (key, other) in Space.Rows.Where(entry => row is not null && entry.Value.Payload.AsSpan().SequenceEqual(row.Payload))
            )
            {
                Space.Rows[key] = other with { Expires = ExpiryOf(record) };
            }

            return result;
        }
    }

    private sealed class ListingSharesBuffer(Setup s) : ReferenceStore(s)
    {
        private readonly byte[] _buffer = new byte[MaxPayload];

        public override async IAsyncEnumerable<SessionEntry> AllAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            await foreach (var entry in base.AllAsync(cancellationToken))
            {
                entry.Record.Payload.CopyTo(_buffer);
                yield return new SessionEntry(
                    entry.Sid,
                    SessionRecord.TakeOwnership(_buffer.AsMemory(0, entry.Record.Payload.Length), entry.Record.Expires)
                );
            }
        }
    }
}
