using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ServerSessions.Benchmarks;

internal static class CommandLine
{
    /// <summary>
    /// Sets options from <c>--seconds 1 --backends Memory,Redis</c> and runs with them. What is not known, has no value or asks for help
    /// starts no run: the options are printed.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="runAsync">The run; gives the exit code.</param>
    /// <param name="before">Arguments that come before the options.</param>
    public static async Task<int> RunAsync<TOptions>(string[] args, Func<TOptions, Task<int>> runAsync, string before = "")
        where TOptions : new()
    {
        var options = new TOptions();
        if (WhyNot(args, options) is not { } why)
        {
            return await runAsync(options);
        }

        Console.Error.WriteLine($"{why}Usage, with the defaults: {Assembly.GetEntryAssembly()!.GetName().Name} {before}");
        foreach (var property in Settable<TOptions>())
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{property.GetValue(new TOptions())}");
            Console.Error.WriteLine($"  --{property.Name.ToLowerInvariant()} {(value.Length == 0 ? "\"\"" : value)}");
        }

        Console.Error.WriteLine("See benchmarks/README.md.");
        return why.Length == 0 ? 0 : 2;
    }

    public static int[] Numbers(string list) =>
        Array.ConvertAll(list.Split(','), static number => int.Parse(number, CultureInfo.InvariantCulture));

    /// <summary>Sets the options; gives why they cannot be set, empty if help is asked for.</summary>
    private static string? WhyNot<TOptions>(string[] args, TOptions options)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (args[i] is "--help" or "-h" or "-?" or "help")
            {
                return "";
            }

            if (!Settable<TOptions>().Any(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return $"There is no option {args[i]}. ";
            }

            if (i + 1 == args.Length)
            {
                return $"{args[i]} has no value. ";
            }

            values[name] = args[i + 1];
        }

        try
        {
            new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options);
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return $"{failure.Message} ";
        }
    }

    private static IEnumerable<PropertyInfo> Settable<TOptions>() =>
        typeof(TOptions).GetProperties().Where(static property => property.CanWrite);
}
