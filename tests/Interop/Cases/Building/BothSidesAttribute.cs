using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>Puts a case to both sides: two results in the report.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BothSidesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<Side>(Side.Express), new TheoryDataRow<Side>(Side.Project)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
