using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

public sealed class RandomRoundTripTests
{
    private const string Alphabet = "ab\"\\\n\u0001/é\u2028\ufffd\ud83d\ude00\ud800\udc00";

    private static readonly JsonSerializerOptions Options = new() { Encoder = SessionJson.Encoder };

    [Fact]
    public void Random_sessions_survive_reading_and_writing()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var random = new Random(seed);
            var payload = RandomSession(random, out _);
            Assert.True(Documents.Parse(payload).Text() == payload, $"Seed {seed}.");
        }
    }

    [Fact]
    public void Random_changes_agree_with_an_ordered_list_of_pairs()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var random = new Random(seed);
            var document = Documents.Parse(RandomSession(random, out var model));
            for (var step = 0; step < 50; step++)
            {
                var key = random.Next(2) == 0 && model.Count > 0 ? model[random.Next(model.Count)].Key : RandomText(random);
                var place = model.FindIndex(pair => pair.Key == key);
                switch (random.Next(4))
                {
                    case 0:
                        Assert.True(document.Remove(key) == place >= 0, $"Seed {seed}, step {step}.");
                        model.RemoveRange(Math.Max(place, 0), place < 0 ? 0 : 1);
                        break;
                    case 1:
                        Assert.True(document.Get(key) == (place < 0 ? null : model[place].Value), $"Seed {seed}, step {step}.");
                        break;
                    case 2:
                        document = random.Next(2) == 0 ? document.Clone() : Documents.Parse(document.Text());
                        break;
                    default:
                        var pair = KeyValuePair.Create(key, RandomValue(random, 0));
                        document.Set(pair.Key, pair.Value);
                        model.RemoveRange(Math.Max(place, 0), place < 0 ? 0 : 1);
                        model.Insert(place < 0 ? model.Count : place, pair);
                        break;
                }
            }

            Assert.True(model.Select(static pair => pair.Key).SequenceEqual(document.Keys), $"Seed {seed}.");
            Assert.All(model, pair => Assert.True(document.Get(pair.Key) == pair.Value, $"Seed {seed}."));
        }
    }

    private static string RandomSession(Random random, out List<KeyValuePair<string, string>> model)
    {
        model = [];
        var members = new List<string>();
        for (var i = random.Next(60); i > 0; i--)
        {
            var key = RandomText(random);
            if (model.Exists(pair => pair.Key == key))
            {
                continue;
            }

            model.Add(KeyValuePair.Create(key, RandomValue(random, 0)));
            members.Add($"{Quote(key, random)}:{model[^1].Value}");
        }

        members.Insert(random.Next(members.Count + 1), "\"cookie\":{\"path\":\"/\"}");
        return "{" + string.Join(',', members) + "}";
    }

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    // Some characters have an unnecessary escape, as from other writers.
    private static string Quote(string text, Random random)
    {
        if (random.Next(2) == 0)
        {
            return JsonSerializer.Serialize(text, Options);
        }

        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return quoted.Append('"').ToString();
    }

    private static string RandomValue(Random random, int level) =>
        random.Next(level < 3 ? 7 : 5) switch
        {
            0 => "null",
            1 => random.Next(2) == 0 ? "true" : "false",
            2 => random.Next().ToString(CultureInfo.InvariantCulture),
            3 => "-1.50E+07",
            4 => Quote(RandomText(random), random),
            5 => "[ " + string.Join(" ,", Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, level + 1))) + "]",
            _ => "{"
                + string.Join(
                    ',',
                    Enumerable.Range(0, random.Next(4)).Select(_ => $"{Quote(RandomText(random), random)}:{RandomValue(random, level + 1)}")
                )
                + "}",
        };
}
