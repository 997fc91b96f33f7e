using System.Collections.Frozen;

namespace ServerSessions;

/// <summary>Finds weak secrets. Checks every listed secret, because a cookie signed with any of them is accepted.</summary>
internal static class SecretRules
{
    /// <summary>The length in characters below which a secret may be guessed.</summary>
    public const int ShortLength = 32;

    /// <summary>How to create a secret, for messages.</summary>
    public const string Remedy = "Use the output of `openssl rand -base64 32`.";

    // From express-session's documentation, tutorials, and placeholders in configuration files.
    private static readonly FrozenSet<string> Samples = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "keyboard cat",
        "keyboardcat",
        "secret",
        "mysecret",
        "my secret",
        "my-secret",
        "your secret",
        "your-secret",
        "your_secret",
        "yoursecret",
        "supersecret",
        "super-secret",
        "super secret",
        "session-secret",
        "session_secret",
        "session secret",
        "your-secret-key",
        "your_secret_key",
        "secret-key",
        "change me",
        "change-me",
        "changeme",
        "changeit",
        "password",
        "shhhh, very secret",
        "some secret",
        "somesecret",
        "this is a secret",
        "a secret",
        "s3cr3t",
        "s3cret",
        "the output of openssl rand -base64 32",
        "at least 32 random bytes written as text"
    );

    /// <summary>Returns the secrets of the options. The first one signs.</summary>
    public static IReadOnlyList<string> All(ServerSessionOptions options) =>
        [.. options.PreviousSecrets.Prepend(options.Secret!).Where(static secret => !string.IsNullOrEmpty(secret))];

    public static bool HasShort(IReadOnlyList<string> secrets) => secrets.Any(static secret => secret.Length < ShortLength);

    /// <summary>Whether a secret is a single repeated character, or a sample, also if it is repeated up to any length.</summary>
    public static bool HasGuessable(IReadOnlyList<string> secrets) => secrets.Any(IsGuessable);

    public static bool HasRepeated(IReadOnlyList<string> secrets) => secrets.Distinct(StringComparer.Ordinal).Count() < secrets.Count;

    /// <summary>Returns the reasons to refuse: an absent secret, and in strict mode a weak one. No message contains a secret.</summary>
    public static IEnumerable<string> Check(ServerSessionOptions options)
    {
        if (string.IsNullOrEmpty(options.Secret))
        {
            yield return "Server sessions need a secret to sign session ids. Set ServerSessionOptions.Secret, from configuration "
                + "or a secret store, to the output of "
                + "`openssl rand -base64 32`.";
        }

        if (options.PreviousSecrets.Any(string.IsNullOrEmpty))
        {
            yield return "ServerSessionOptions.PreviousSecrets contains an empty secret. Remove it.";
        }

        if (!options.IsStrict)
        {
            yield break;
        }

        var all = All(options);
        if (HasShort(all))
        {
            yield return $"A session secret, ServerSessionOptions.Secret or one of PreviousSecrets, is shorter than {ShortLength} "
                + $"characters and may be guessed, which UseStrictDefaults does not allow. {Remedy}";
        }

        if (HasGuessable(all))
        {
            yield return $"A session secret, ServerSessionOptions.Secret or one of PreviousSecrets, is one repeated character or a "
                + $"sample from documentation, which UseStrictDefaults does not allow. {Remedy}";
        }

        if (HasRepeated(all))
        {
            yield return $"A session secret is listed twice among ServerSessionOptions.Secret and PreviousSecrets, which "
                + $"UseStrictDefaults does not allow: the rotation changed nothing. {Remedy}";
        }
    }

    private static bool IsGuessable(string secret)
    {
        var text = secret.Trim();
        return text.Length == 0 || text.AsSpan().IndexOfAnyExcept(text[0]) < 0 || Samples.Contains(text) || Samples.Contains(Period(text));
    }

    /// <summary>
    /// Returns the text that repeats from the beginning to the end of a text, with or without a space in between. The last repetition may
    /// be incomplete.
    /// </summary>
    private static string Period(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
            {
                return text[..length].Trim();
            }
        }

        return text;
    }
}
