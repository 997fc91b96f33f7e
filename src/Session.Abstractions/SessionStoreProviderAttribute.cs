using System.Diagnostics.CodeAnalysis;

namespace ServerSessions;

/// <summary>
/// Names the <see cref="SessionStoreProvider"/> of a backend in an application, so that <c>AddStoreFromUrl</c> and
/// <c>AddStoreFromConfiguration</c> find it.
/// </summary>
/// <remarks>
/// A backend's package adds this attribute to the projects that use it, by a file <c>buildTransitive/PACKAGE.props</c>. A project that
/// generates no assembly attributes (<c>GenerateAssemblyInfo</c> is <c>false</c>) writes it by hand. Naming a provider twice has no effect.
/// Trimming and native compilation keep the provider that is named.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class SessionStoreProviderAttribute : Attribute
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    private readonly Type? _type;

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    private readonly string? _typeName;

    /// <summary>Names a provider by its type: the form for source code.</summary>
    /// <param name="providerType">A class that derives from <see cref="SessionStoreProvider"/> and has a public constructor without
    /// parameters.</param>
    public SessionStoreProviderAttribute(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type providerType
    ) => _type = providerType;

    /// <summary>Names a provider by a text: the form for project files, which is the same in every language.</summary>
    /// <param name="providerTypeName">The name of the class, with its namespace and its assembly: <c>Acme.AcmeSessionStoreProvider,
    /// Acme.Sessions</c>.</param>
    public SessionStoreProviderAttribute(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] string providerTypeName
    ) => _typeName = providerTypeName;

    /// <summary>Makes the provider.</summary>
    /// <returns>A new provider.</returns>
    /// <exception cref="InvalidOperationException">
    /// The type cannot be loaded, does not derive from <see cref="SessionStoreProvider"/>, or cannot be made; the message names it.
    /// </exception>
    public SessionStoreProvider CreateProvider()
    {
        try
        {
            var type = _type ?? Type.GetType(_typeName ?? "", throwOnError: true)!;
            return (SessionStoreProvider)Activator.CreateInstance(type)!;
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException(
                $"The session store provider '{_type?.AssemblyQualifiedName ?? _typeName}' cannot be made. "
                    + "It is a class that derives from SessionStoreProvider and has a public constructor without parameters, in an "
                    + "assembly that the application has.",
                cause
            );
        }
    }
}
