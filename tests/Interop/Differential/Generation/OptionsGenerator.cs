using ServerSessions.Interop.Differential.Model;

namespace ServerSessions.Interop.Differential.Generation;

/// <summary>Makes options objects: each member present or absent, with every kind of value that the protocol has.</summary>
internal static class OptionsGenerator
{
    public const string FirstSecret = "the first secret, long enough for anybody";
    public const string SecondSecret = "ein zweites Geheimnis — ключ";

    private static readonly string[] Truths = ["true", "false"];

    public static IReadOnlyList<OptionMember> Generate(Random random)
    {
        var options = new List<OptionMember>
        {
            new("secret", random.Chance(0.5) ? $"\"{FirstSecret}\"" : $"[\"{FirstSecret}\",\"{SecondSecret}\"]"),
        };

        // Counted ids are compared as they are; random ones by the order of their appearance.
        Add("genidPrefix", 0.7, "\"p\"", "\"user/1 é;\"", "\"x.y.\"");
        Add("resave", 0.7, Truths);
        Add("saveUninitialized", 0.75, "true", "false", "false");
        Add("rolling", 0.4, Truths);
        Add("unset", 0.6, "\"destroy\"", "\"destroy\"", "\"keep\"");
        Add("proxy", 0.6, "true", "true", "false");
        Add("name", 0.2, "\"sid\"", "\"__Host-Sid\"", "\"a.b-c\"");

        if (random.Chance(0.85))
        {
            var lifetime = new List<OptionMember>();
            AddTo(lifetime, "maxAge", 0.5, "60000", "60000", "3600000", "2592000000", "86400000.5", "null", "0", "-5000");
            AddTo(
                lifetime,
                "expires",
                0.15,
                "\"2099-01-01T00:00:00.000Z\"",
                "\"2030-06-01T12:00:00+02:00\"",
                "\"2001-01-01T00:00:00Z\"",
                "null"
            );
            if (random.Chance(0.5))
            {
                lifetime.Reverse();
            }

            options.AddRange(lifetime);
            AddTo(options, "path", 0.4, "\"/\"", "\"/app\"", "\"/app/x\"", "\"\"");
            AddTo(options, "domain", 0.2, "\"example.com\"", "\".example.com\"");
            AddTo(options, "httpOnly", 0.3, Truths);
            AddTo(options, "secure", 0.45, "true", "false", "\"auto\"", "\"auto\"");
            AddTo(options, "sameSite", 0.45, "true", "false", "\"lax\"", "\"strict\"", "\"none\"", "\"auto\"", "\"auto\"");
            AddTo(options, "priority", 0.2, "\"low\"", "\"medium\"", "\"high\"");
            AddTo(options, "partitioned", 0.2, Truths);
        }

        return options;

        void Add(string name, double probability, params string[] values)
        {
            if (random.Chance(probability))
            {
                options.Add(new OptionMember(name, random.Of<string>(values)));
            }
        }

        void AddTo(List<OptionMember> members, string name, double probability, params string[] values)
        {
            if (random.Chance(probability))
            {
                members.Add(new OptionMember(name, random.Of<string>(values), OfCookie: true));
            }
        }
    }
}
