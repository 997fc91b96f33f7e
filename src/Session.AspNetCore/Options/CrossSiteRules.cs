namespace ServerSessions;

/// <summary>Checks the origins that are trusted. A misspelled one would be trusted by no request.</summary>
internal static class CrossSiteRules
{
    public static IEnumerable<string> Check(ServerSessionOptions options)
    {
        for (var i = 0; i < options.TrustedOrigins.Count; i++)
        {
            if (RequestOrigin.Normalize(options.TrustedOrigins[i]) is null)
            {
                yield return $"ServerSessionOptions.TrustedOrigins[{i}] must be an origin: http or https, host, and port if it is not the "
                    + "default one. No path and no slash at the end, such as https://app.example.com.";
            }
        }
    }
}
