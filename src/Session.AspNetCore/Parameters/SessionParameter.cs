using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>What the source code says of a parameter or property that takes a session.</summary>
/// <param name="Name">The name of the sessions; empty for those without one.</param>
/// <param name="IsNullable">Whether it is declared as nullable.</param>
internal sealed record SessionParameter(string Name, bool IsNullable)
{
    private const string Switch = "System.Reflection.NullabilityInfoContext.IsSupported";

    // A project can have the attributes removed that tell: NullabilityInfoContextSupport.
    private static readonly bool IsNullabilityKnown = !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;

    // Reading an attribute takes longer than a session in memory. A parameter is the same object in all requests.
    private static readonly ConditionalWeakTable<ParameterInfo, SessionParameter> Known = [];
    private static readonly SessionParameter Plain = new("", IsNullable: !IsNullabilityKnown);

    /// <summary>
    /// Returns what is said of a parameter of a minimal API, which each of its requests asks. If it is unknown whether it is nullable it
    /// counts as nullable: the framework then responds with 400 for a parameter that is not.
    /// </summary>
    public static SessionParameter Of(ParameterInfo? parameter) =>
        parameter is null
            ? Plain
            : Known.GetValue(parameter, static one => new SessionParameter(
                one.GetCustomAttribute<FromServerSessionsAttribute>()?.Name ?? "",
                !IsNullabilityKnown || AllowsNull(one)
            ));

    public static bool AllowsNull(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    public static bool AllowsNull(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}
