using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ServerSessions.Benchmarks;

internal static class CommandLine
{
    /// <summary>
    /// Sets options from <c>--seconds 1 --backends Memory,Redis</c>. An option without its value, or one that is not known, is an error.
    /// </summary>
    public static TOptions Parse<TOptions>(string[] args)
        where TOptions : new()
    {
        var options = new TOptions();
        new ConfigurationBuilder().AddCommandLine(args).Build().Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }

    public static int[] Numbers(string list) =>
        Array.ConvertAll(list.Split(','), static number => int.Parse(number, CultureInfo.InvariantCulture));
}
