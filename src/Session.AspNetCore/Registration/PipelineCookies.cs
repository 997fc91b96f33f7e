using Microsoft.AspNetCore.Builder;

namespace ServerSessions;

/// <summary>
/// The sessions that a pipeline has so far. Two names with one cookie name stop the start: each would read the other's cookie and replace
/// it.
/// </summary>
/// <remarks>
/// A branch knows what its pipeline has in front of it, and the pipeline does not know what a branch has: two branches may share a name.
/// Sessions that meet in one request all the same are found when it runs (<see cref="SessionSlot.Put"/>).
/// </remarks>
internal static class PipelineCookies
{
    private const string Property = "ServerSessions.PipelineCookies";

    /// <summary>Adds the sessions of a name.</summary>
    /// <exception cref="InvalidOperationException">The pipeline has sessions of another name whose cookie has the same name.</exception>
    public static void Add(IApplicationBuilder app, SessionRuntimes runtimes)
    {
        var (name, cookie) = (runtimes.Name, runtimes.Current.Options.Cookie.Name);
        var before = app.Properties.TryGetValue(Property, out var value) ? (IReadOnlyList<(string Name, string Cookie)>)value! : [];
        foreach (var other in before)
        {
            if (other.Name != name && other.Cookie == cookie)
            {
                throw new InvalidOperationException($"The pipeline has {Shared(other.Name, name, cookie)}");
            }
        }

        app.Properties[Property] = (IReadOnlyList<(string, string)>)[.. before, (name, cookie)];
    }

    /// <summary>Returns the end of a sentence that says which two names share a cookie name, and what to do.</summary>
    public static string Shared(string one, string other, string cookie) =>
        $"{NamedServices.Describe(one)} and {NamedServices.Describe(other)}, and the cookie of both is called '{cookie}'. Set "
        + "ServerSessionOptions.Cookie.Name of one of them.";
}
