using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Generation;

/// <summary>Makes programs for given options.</summary>
internal static class ProgramGenerator
{
    private const int MaxRequests = 5;
    private const int MaxSteps = 6;

    private static readonly SentCookie[] Cookies = Enum.GetValues<SentCookie>();

    public static InteropProgram Generate(Random random, IReadOnlyList<OptionMember> options)
    {
        var requests = new ProgramRequest[random.Next(1, MaxRequests + 1)];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = Request(random);
        }

        return new InteropProgram(options, DeliberateDifferences.Avoid(requests));
    }

    private static ProgramRequest Request(Random random) =>
        new(
            random.Of("POST", "POST", "POST", "GET", "GET", "HEAD"),
            random.Of("/", "/", "/app", "/app", "/app", "/app/x", "/app/x/y", "/apple", "/other", "/app%2Fx", "/APP"),
            random.Chance(0.65) ? SentCookie.Latest : random.Of<SentCookie>(Cookies),
            random.Chance(0.35) ? random.Of("https", "https", "http", "https, http", "http, https", "HTTPS", "https:", "") : null,
            [.. Enumerable.Range(0, random.Next(MaxSteps + 1)).Select(_ => StepGenerator.Generate(random))]
        );
}
