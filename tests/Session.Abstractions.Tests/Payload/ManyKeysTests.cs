using System.Buffers;
using System.Globalization;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

/// <summary>
/// What a session with many keys costs, in looks at the bytes of its payload, and that its order stays that of JavaScript.
/// </summary>
public sealed class ManyKeysTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_key_costs_does_not_grow_with_the_number_of_keys(bool areIndices)
    {
        var few = LooksPerKey(1_000, areIndices);
        var many = LooksPerKey(32_000, areIndices);
        Assert.True(many < (2 * few) + 1, $"{few} looks a key with a thousand keys, {many} with 32 thousand.");
    }

    [Fact]
    public void Random_changes_of_many_keys_leave_the_order_of_a_javascript_object()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var document = Documents.Parse("""{"cookie":{}}""");
            var indices = new SortedDictionary<uint, string>();
            var names = new List<(string Key, string Value)>();
            for (var step = 0; step < 600; step++)
            {
                var value = step.ToString(CultureInfo.InvariantCulture);
                var index = (uint)random.Next(120);
                var name = $"k{index}";
                switch (random.Next(12))
                {
                    case < 4:
                        document.Set(index.ToString(CultureInfo.InvariantCulture), value);
                        indices[index] = value;
                        break;
                    case < 8:
                        document.Set(name, value);
                        var place = names.FindIndex(member => member.Key == name);
                        names.RemoveRange(Math.Max(place, 0), place < 0 ? 0 : 1);
                        names.Insert(place < 0 ? names.Count : place, (name, value));
                        break;
                    case 8:
                        Assert.True(
                            document.Remove(index.ToString(CultureInfo.InvariantCulture)) == indices.Remove(index),
                            $"Seed {seed}, step {step}."
                        );
                        break;
                    case 9:
                        Assert.True(
                            document.Remove(name) == names.RemoveAll(member => member.Key == name) > 0,
                            $"Seed {seed}, step {step}."
                        );
                        break;
                    case 10:
                        document = random.Next(2) == 0 ? document.Clone() : Documents.Parse(document.Text());
                        break;
                    default:
                        Assert.True(document.Get(name) == names.Find(member => member.Key == name).Value, $"Seed {seed}, step {step}.");
                        break;
                }

                Assert.True(document.Count == indices.Count + names.Count, $"Seed {seed}, step {step}.");
            }

            var expected = indices
                .Select(static member => $"\"{member.Key}\":{member.Value}")
                .Append("\"cookie\":{}")
                .Concat(names.Select(static member => $"\"{member.Key}\":{member.Value}"));
            Assert.True(document.Text() == $"{{{string.Join(',', expected)}}}", $"Seed {seed}.");
        }
    }

    [Fact]
    public void Each_side_of_a_clone_with_many_keys_changes_on_its_own()
    {
        var original = Documents.Parse(Payload(100, areIndices: true));
        original.Remove("7");
        original.Set("7", "\"new\"");
        var clone = original.Clone();
        var text = original.Text();
        for (var i = 0; i < 100; i++)
        {
            clone.Remove(i.ToString(CultureInfo.InvariantCulture));
            clone.Set((1_000 - i).ToString(CultureInfo.InvariantCulture), "1");
        }

        Assert.Equal(text, original.Text());
        Assert.Equal("{" + string.Concat(Enumerable.Range(901, 100).Select(static i => $"\"{i}\":1,")) + "\"cookie\":{}}", clone.Text());
    }

    private static double LooksPerKey(int keys, bool areIndices)
    {
        using var payload = new CountingMemory(Encoding.UTF8.GetBytes(Payload(keys, areIndices)));
        var document = SessionDocument.Parse(payload.Memory);
        var before = payload.Looks;
        for (var i = 0; i < keys; i++)
        {
            var known = Key(i, areIndices);
            Assert.True(document.TryGetJson(known, out _));
            document.SetJson(known, "2"u8.ToArray());
            document.SetJson(Key(keys + i, areIndices), "3"u8.ToArray());
            Assert.Equal(i % 3 == 0, i % 3 == 0 && document.Remove(known));
        }

        Assert.Equal(document.Count, document.Keys.Count);
        return (payload.Looks - before) / (double)keys;
    }

    private static string Key(int number, bool isIndex) => isIndex ? number.ToString(CultureInfo.InvariantCulture) : $"key{number}";

    private static string Payload(int keys, bool areIndices) =>
        "{" + string.Concat(Enumerable.Range(0, keys).Select(i => $"\"{Key(i, areIndices)}\":1,")) + "\"cookie\":{}}";

    /// <summary>Bytes that count how often they are read.</summary>
    private sealed class CountingMemory(byte[] bytes) : MemoryManager<byte>
    {
        public long Looks { get; private set; }

        public override Span<byte> GetSpan()
        {
            Looks++;
            return bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing) { }
    }
}
