using System.Diagnostics.CodeAnalysis;

namespace ServerSessions;

/// <summary>
/// Names the <see cref="SessionStoreProvider"/> of a backend in an application. <c>AddStoreFromUrl</c> and <c>AddStoreFromConfiguration</c>
/// find the backend by it.
/// </summary>
/// <remarks>
/// A backend's package adds this attribute to the projects that use it, with a file <c>buildTransitive/PACKAGE.props</c>. A project that
/// generates no assembly attributes (<c>GenerateAssemblyInfo</c> is <c>false</c>) must declare it. Naming a provider twice has no effect.
/// Trimming and native compilation keep a provider that is named.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class SessionStoreProviderAttribute : Attribute
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    private readonly Type? _type;

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    private readonly string? _typeName;

    /// <summary>Initializes a new instance of the <see cref="SessionStoreProviderAttribute"/> class with a type, for source code.</summary>
    /// <param name="providerType">
    /// A class that derives from <see cref="SessionStoreProvider"/> and has a public constructor without parameters.
    /// </param>
    public SessionStoreProviderAttribute(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type providerType
    ) => _type = providerType;

    /// <summary>
    /// Initializes a new instance of the <see cref="SessionStoreProviderAttribute"/> class with the name of a type, for project files.
    /// </summary>
    /// <param name="providerTypeName">
    /// The name of the class with its namespace and assembly: <c>Acme.AcmeSessionStoreProvider, Acme.Sessions</c>.
    /// </param>
    public SessionStoreProviderAttribute(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] string providerTypeName
    ) => _typeName = providerTypeName;

    /// <summary>Creates the provider.</summary>
    /// <returns>A new provider.</returns>
    /// <exception cref="InvalidOperationException">
    /// The type cannot be loaded, does not derive from <see cref="SessionStoreProvider"/>, or cannot be created. The message names it.
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
                $"The session store provider '{_type?.AssemblyQualifiedName ?? _typeName}' could not be created. "
                    + "Name a class that derives from SessionStoreProvider and has a public constructor without parameters, in an "
                    + "assembly of the application.",
                cause
            );
        }
    }
}
