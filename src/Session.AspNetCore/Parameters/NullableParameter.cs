using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>Whether the source code declares a parameter or property as nullable.</summary>
internal static class NullableParameter
{
    private const string Switch = "System.Reflection.NullabilityInfoContext.IsSupported";

    // A project can have the attributes removed that tell: NullabilityInfoContextSupport.
    private static readonly bool IsKnown = !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;

    private static readonly ConditionalWeakTable<ParameterInfo, StrongBox<bool>> Known = [];

    /// <summary>
    /// Whether a parameter of a minimal API is nullable, which each of its requests asks. If it is unknown it counts as nullable: the
    /// framework then responds with 400 for a parameter that is not.
    /// </summary>
    public static bool IsCached(ParameterInfo? parameter) =>
        !IsKnown || (parameter is not null && Known.GetValue(parameter, static one => new StrongBox<bool>(Is(one))).Value);

    public static bool Is(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    public static bool Is(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}
