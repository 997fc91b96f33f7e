using System.Reflection;
using System.Reflection.Emit;

namespace ServerSessions.Stores.Tests;

/// <summary>Stores with any choice of the optional interfaces, none of whose members is called.</summary>
internal static class Shapes
{
    private static readonly ModuleBuilder Module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("Shapes"), AssemblyBuilderAccess.Run)
        .DefineDynamicModule("Shapes");

    private static int _count;

    public static ISessionStore Of(IEnumerable<Type> interfaces)
    {
        var name = $"IShape{Interlocked.Increment(ref _count)}";
        var shape = Module.DefineType(name, TypeAttributes.Public | TypeAttributes.Interface | TypeAttributes.Abstract);
        foreach (var one in interfaces.Prepend(typeof(ISessionStore)))
        {
            shape.AddInterfaceImplementation(one);
        }

        return (ISessionStore)DispatchProxy.Create(shape.CreateType(), typeof(Uncalled));
    }

#pragma warning disable CA1852 // DispatchProxy derives from it.
    public class Uncalled : DispatchProxy
#pragma warning restore CA1852
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException();
    }
}
