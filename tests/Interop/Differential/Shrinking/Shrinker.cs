using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Shrinking;

/// <summary>
/// Makes a program that differs shorter for as long as it still differs: fewer requests, steps, options; plainer cookies and methods.
/// </summary>
internal static class Shrinker
{
    /// <param name="program">A program that differs.</param>
    /// <param name="differs">Whether a program differs.</param>
    /// <returns>A program of which nothing can be taken away.</returns>
    public static async Task<InteropProgram> ShrinkAsync(InteropProgram program, Func<InteropProgram, Task<bool>> differs)
    {
        while (await FirstSmallerAsync(program, differs) is { } smaller)
        {
            program = smaller;
        }

        return program;
    }

    private static async Task<InteropProgram?> FirstSmallerAsync(InteropProgram program, Func<InteropProgram, Task<bool>> differs)
    {
        foreach (var candidate in Candidates(program))
        {
            if (await differs(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static IEnumerable<InteropProgram> Candidates(InteropProgram program)
    {
        foreach (var requests in WithoutOne(program.Requests))
        {
            yield return program with
            {
                Requests = requests,
            };
        }

        for (var i = 0; i < program.Requests.Count; i++)
        {
            foreach (var plainer in Plainer(program.Requests[i]))
            {
                yield return program with
                {
                    Requests = [.. program.Requests.Take(i), plainer, .. program.Requests.Skip(i + 1)],
                };
            }
        }

        foreach (var options in WithoutOne(program.Options))
        {
            // No host runs without a secret.
            if (options.Any(static option => option.Name == "secret"))
            {
                yield return program with
                {
                    Options = options,
                };
            }
        }
    }

    private static IEnumerable<ProgramRequest> Plainer(ProgramRequest request)
    {
        foreach (var steps in WithoutOne(request.Steps))
        {
            yield return request with
            {
                Steps = steps,
            };
        }

        if (request.ForwardedProto is not null)
        {
            yield return request with
            {
                ForwardedProto = null,
            };
        }

        if (request.Cookie is not (SentCookie.Latest or SentCookie.None))
        {
            yield return request with
            {
                Cookie = SentCookie.Latest,
            };
        }

        if (request.Cookie != SentCookie.None)
        {
            yield return request with
            {
                Cookie = SentCookie.None,
            };
        }

        if (request.Method != "POST")
        {
            yield return request with
            {
                Method = "POST",
            };
        }

        if (request.Path != "/")
        {
            yield return request with
            {
                Path = "/",
            };
        }
    }

    private static IEnumerable<IReadOnlyList<T>> WithoutOne<T>(IReadOnlyList<T> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            yield return [.. items.Take(i), .. items.Skip(i + 1)];
        }
    }
}
