namespace ServerSessions;

/// <summary>
/// Checks that options of enum types have defined values. Configuration also binds numbers, and an undefined number would silently act as
/// one of the values.
/// </summary>
internal static class ChoiceRules
{
    public static IEnumerable<string> Check(ServerSessionOptions options) =>
        new[]
        {
            Check(options.Proxy, nameof(options.Proxy)),
            Check(options.Unset, nameof(options.Unset)),
            Check(options.ParallelWrites, nameof(options.ParallelWrites)),
            Check(options.WhenDisconnected, nameof(options.WhenDisconnected)),
            Check(options.WhenLoadFails, nameof(options.WhenLoadFails)),
            Check(options.WhenSaveFails, nameof(options.WhenSaveFails)),
            Check(options.TouchOnRead, nameof(options.TouchOnRead)),
            Check(options.CacheProtection, nameof(options.CacheProtection)),
            Check(options.WhenMissing, nameof(options.WhenMissing)),
            Check(options.CrossSite, nameof(options.CrossSite)),
            (options.ClearSiteDataOnDestroy & ~SiteData.All) == 0
                ? null
                : $"ServerSessionOptions.{nameof(options.ClearSiteDataOnDestroy)} must be made of the values of "
                    + $"{nameof(SessionSiteData)}: {string.Join(", ", Enum.GetNames<SessionSiteData>())}.",
        }.OfType<string>();

    private static string? Check<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum =>
        Enum.IsDefined(value)
            ? null
            : $"ServerSessionOptions.{name} must be one of the values of {typeof(TEnum).Name}: "
                + $"{string.Join(", ", Enum.GetNames<TEnum>())}.";
}
