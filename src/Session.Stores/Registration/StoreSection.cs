using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores;

/// <summary>
/// Sets options from a section of the configuration. Its errors name all wrong keys with their types and show no value, because a password
/// may be stored under a wrong key.
/// </summary>
/// <remarks>
/// The platform's binder is not used: it would set properties of the driver's client in an option, its generated code does not compile for
/// the client of Redis, its messages quote values, and it reads <c>30</c> as thirty days.
/// </remarks>
public static class StoreSection
{
    // A whole configuration passed in by mistake has hundreds of keys.
    private const int MaxNamed = 5;

    /// <summary>Sets the options that the section has and no other. Sets nothing if there is an error.</summary>
    /// <exception cref="OptionsValidationException">A key is unknown, or its value is not of the option's type.</exception>
    public static void Bind<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        IConfiguration section,
        TOptions options
    )
    {
        var known = typeof(TOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => FormOf(property.PropertyType) is not null)
            .ToDictionary(static property => property.Name, StringComparer.OrdinalIgnoreCase);
        var faults = new List<string>();
        if (section is IConfigurationSection { Path: var text, Value.Length: > 0 })
        {
            faults.Add(
                $"The configuration section '{text}' must hold the keys of {typeof(TOptions).Name}, and is a text. Set what is below it, "
                    + $"such as '{ConfigurationPath.Combine(text, known.Keys.First())}'."
            );
        }

        var unknown = new List<string>();
        var values = new List<(PropertyInfo Property, object? Value)>();
        foreach (var child in section.GetChildren())
        {
            if (!known.TryGetValue(child.Key, out var property))
            {
                unknown.Add(child.Key);
            }
            else if (child.GetChildren().Any() || !TryParse(property.PropertyType, child.Value, out var value))
            {
                faults.Add($"The configuration key '{child.Path}' must be {FormOf(property.PropertyType)}.");
            }
            else if (child.Value is not null)
            {
                values.Add((property, value));
            }
        }

        if (unknown.Count > 0)
        {
            var named = string.Join(", ", unknown.Take(MaxNamed).Select(static key => $"'{key}'"));
            var others =
                unknown.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {unknown.Count - MaxNamed} more") : "";
            var where = section is IConfigurationSection { Path: var path } ? $"The configuration section '{path}'" : "The configuration";
            faults.Add(
                $"{where} has keys that {typeof(TOptions).Name} does not take: {named}{others}. It takes {string.Join(", ", known.Keys)}."
            );
        }

        if (faults.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), faults);
        }

        foreach (var (property, value) in values)
        {
            property.SetValue(options, value);
        }
    }

    /// <summary>Describes the values of a type; <see langword="null"/> for a type that only code can set.</summary>
    private static string? FormOf(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(string) ? "a text"
            : inner == typeof(bool) ? "true or false"
            : inner == typeof(int) || inner == typeof(long) ? "a whole number"
            : inner == typeof(TimeSpan) ? "a duration with colons, such as 00:00:30 or 1.00:00:00"
            : inner.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(inner))}"
            : null;
    }

    private static bool TryParse(Type type, string? text, out object? value)
    {
        value = null;
        var inner = Nullable.GetUnderlyingType(type);
        if (text is null || (inner is not null && text.Length == 0))
        {
            return true;
        }

        inner ??= type;
        if (inner == typeof(string))
        {
            value = text;
        }
        else if (inner == typeof(bool) && bool.TryParse(text, out var flag))
        {
            value = flag;
        }
        else if (inner == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            value = number;
        }
        else if (inner == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large))
        {
            value = large;
        }
        else if (
            inner == typeof(TimeSpan)
            && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
        )
        {
            value = span;
        }
        else if (inner.IsEnum && Enum.GetNames(inner).Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            value = Enum.Parse(inner, text, ignoreCase: true);
        }

        return value is not null;
    }
}
