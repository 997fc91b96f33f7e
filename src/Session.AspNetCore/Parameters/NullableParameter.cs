using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>Whether the source code declares a parameter or property as nullable.</summary>
internal static class NullableParameter
{
    private const string Switch = "System.Reflection.NullabilityInfoContext.IsSupported";

    // Trimming removes the attributes that tell.
    private static readonly bool IsKnown = !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;

    private static readonly ConditionalWeakTable<ParameterInfo, StrongBox<bool>> Known = [];

    /// <summary>
    /// Whether a parameter of a minimal API is nullable, which each of its requests asks. In a trimmed application it counts as nullable,
    /// because the caller then checks a parameter that is not.
    /// </summary>
    public static bool IsCached(ParameterInfo? parameter) =>
        !IsKnown || (parameter is not null && Known.GetValue(parameter, static one => new StrongBox<bool>(Is(one))).Value);

    public static bool Is(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    public static bool Is(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}
