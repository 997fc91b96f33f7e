using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>
/// Compiles the C# of one page as its reader would have it: from the top of the page down, with the implicit usings of the SDK, the usings
/// that the page has shown, and the types that the page has shown, each in its last form. What a block is follows from how it begins:
/// <list type="bullet">
/// <item>it makes a <c>WebApplication</c>, or runs statements of its own: a whole program;</item>
/// <item>it uses <c>builder</c> or <c>app</c> without making them, or begins with <c>.Add</c>: it goes on with a program that has a
/// builder, an application or <c>AddServerSessions()</c>;</item>
/// <item>it declares types: a file. A type that the page has shown before stays in its namespace.</item>
/// </list>
/// </summary>
internal sealed partial class PageCompiler(string page)
{
    private const string LibraryUsings =
        "System;System.Collections.Generic;System.IO;System.Linq;System.Net.Http;System.Threading;System.Threading.Tasks";
    private const string WebUsings =
        LibraryUsings
        + ";System.Net.Http.Json;Microsoft.AspNetCore.Builder;Microsoft.AspNetCore.Hosting;Microsoft.AspNetCore.Http;Microsoft.AspNetCore.Routing;"
        + "Microsoft.Extensions.Configuration;Microsoft.Extensions.DependencyInjection;Microsoft.Extensions.Hosting;Microsoft.Extensions.Logging";

    private const string Builder = "var builder = WebApplication.CreateBuilder(args);\n";
    private const string Services =
        "builder.Services.AddServerSessions(options => options.Secret = builder.Configuration[\"ServerSessions:Secret\"])\n";

    // What the texts of pages take for granted: the reader's own store, user, root component and secret.
    private const string Reader = """
        public sealed class MyStore : ServerSessions.ISessionStore
        {
            public MyStore() { }
            public MyStore(string space, TimeProvider clock) { }
            public ValueTask<ServerSessions.SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;
            public ValueTask SetAsync(string sid, ServerSessions.SessionRecord record, CancellationToken cancellationToken = default) => default;
            public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;
        }
        public sealed record User(string Name);
        public sealed class App : Microsoft.AspNetCore.Components.ComponentBase;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);
    private static readonly Dictionary<string, MetadataReference> All = References();

    private readonly HashSet<string> _usings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? Namespace, string Text)> _types = new(StringComparer.Ordinal);

    /// <summary>Compiles the next block of the page.</summary>
    public CSharpCompilation Next(CodeBlock block) => Compile(block.Text);

    /// <summary>Compiles a piece of code in the running text, after the blocks before it.</summary>
    public CSharpCompilation Inline(string code)
    {
        var statement = code.EndsWith(';') ? code : code + ";";
        return code.StartsWith('.')
            ? Compile(statement)
            : Compile(
                """
                internal static class Inline
                {
                    internal static async Task RunAsync<T>(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder, Microsoft.AspNetCore.Builder.WebApplication app, HttpContext context,
                        ServerSessions.ServerSession session, ServerSessions.ServerSessionOptions options, IServiceProvider services, string key, T value, User user)
                    {
                        await Task.Yield();
                        CODE
                    }
                }
                """.Replace("CODE", statement, StringComparison.Ordinal),
                WebUsings
            );
    }

    private CSharpCompilation Compile(string code, string? usings = null)
    {
        var (head, body) = Split(code);
        _usings.UnionWith(head);
        var isProgram = false;
        var space = _types.Values.LastOrDefault().Namespace;
        switch (body)
        {
            case ['.', ..]:
                (isProgram, body) = (true, Builder + "const string url = \"memory:\";\n" + Services + body.TrimEnd().TrimEnd(';') + ";");
                break;
            case var _ when Goes(on: "builder"):
                (isProgram, body) = (true, Builder + "const string Secret = \"\";\n" + body);
                break;
            case var _ when Goes(on: "app"):
                (isProgram, body) = (true, Builder + Services + ";\nvar app = builder.Build();\n" + body);
                break;
            default:
                var syntax = CSharpSyntaxTree.ParseText(body, Parsing);
                isProgram = syntax.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any();
                space = Types(syntax).Select(type => _types.GetValueOrDefault(type.Key).Namespace).FirstOrDefault();
                break;
        }

        bool Goes(string on) =>
            Regex.IsMatch(body, $@"^(var \w+ = )?{on}\.", RegexOptions.Multiline)
            && !body.Contains($"var {on} = ", StringComparison.Ordinal);

        if (space is not null && !isProgram && !body.StartsWith("namespace ", StringComparison.Ordinal))
        {
            body = $"namespace {space};\n{body}";
        }

        var own = isProgram ? _types.Values.Select(static type => type.Namespace).OfType<string>() : [];
        var implicitUsings = (usings ?? (isProgram ? WebUsings : LibraryUsings)).Split(';').Concat(_usings).Concat(own);
        var tree = CSharpSyntaxTree.ParseText(body, Parsing);
        var declared = Types(tree);
        var trees = new List<SyntaxTree>
        {
            tree,
            CSharpSyntaxTree.ParseText(string.Concat(implicitUsings.Distinct().Select(static name => $"global using {name};\n")), Parsing),
        };
        trees.AddRange(
            _types
                .Where(type => !declared.ContainsKey(type.Key))
                .Select(static type =>
                    CSharpSyntaxTree.ParseText(
                        type.Value.Namespace is { } name ? $"namespace {name};\n{type.Value.Text}" : type.Value.Text,
                        Parsing
                    )
                )
        );
        if (!declared.ContainsKey("MyStore"))
        {
            trees.Add(CSharpSyntaxTree.ParseText(Reader, Parsing));
        }

        foreach (var (name, type) in declared.Where(static type => type.Key != "Inline"))
        {
            _types[name] = type;
        }

        var options = new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable
        );
        return CSharpCompilation.Create("page-" + Guid.CreateVersion7(), trees, ReferencesOfPage(), options);
    }

    /// <summary>The usings at the top, and the rest.</summary>
    private static (IReadOnlyList<string> Usings, string Body) Split(string code)
    {
        var usings = Using().Matches(code);
        return ([.. usings.Select(static match => match.Groups[1].Value)], Using().Replace(code, "").TrimStart());
    }

    private static Dictionary<string, (string? Namespace, string Text)> Types(SyntaxTree tree) =>
        tree.GetRoot()
            .DescendantNodes()
            .OfType<BaseTypeDeclarationSyntax>()
            .Where(static type => type.Parent is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .ToDictionary(
                // The parts of a partial type stand in several blocks, and each has a list of interfaces of its own.
                static type =>
                    type.Modifiers.Any(SyntaxKind.PartialKeyword) ? $"{type.Identifier.Text} {type.BaseList}" : type.Identifier.Text,
                static type => ((type.Parent as BaseNamespaceDeclarationSyntax)?.Name.ToString(), type.ToFullString()),
                StringComparer.Ordinal
            );

    /// <summary>
    /// What a project has that was made as the page says: where it lists packages, those and what they bring, and of this repository
    /// nothing else.
    /// </summary>
    private IEnumerable<MetadataReference> ReferencesOfPage()
    {
        var packages = Added().Matches(Tree.Read(page)).Select(static match => match.Groups["name"].Value).ToArray();
        var ours = packages.Length == 0 ? null : new HashSet<string>(StringComparer.Ordinal);
        for (var open = new Queue<string>(packages); ours is not null && open.TryDequeue(out var name);)
        {
            if (ours.Add(name))
            {
                foreach (
                    var next in Assembly
                        .Load(name)
                        .GetReferencedAssemblies()
                        .Where(static next => next.Name!.StartsWith("Session.", StringComparison.Ordinal))
                )
                {
                    open.Enqueue(next.Name!);
                }
            }
        }

        // The page that leads to the sample has its extension methods too, and a call must not find both.
        return All.Where(pair => !pair.Key.StartsWith("Session.", StringComparison.Ordinal) || (ours?.Contains(pair.Key) ?? true))
            .Where(pair => pair.Key != "CustomStore" || !Tree.Read(page).Contains("namespace CustomStore;", StringComparison.Ordinal))
            .Select(static pair => pair.Value);
    }

    private static Dictionary<string, MetadataReference> References()
    {
        var files = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return files
            .Where(static file => Path.GetFileNameWithoutExtension(file) != typeof(PageCompiler).Assembly.GetName().Name)
            .DistinctBy(Path.GetFileNameWithoutExtension)
            .ToDictionary(
                static file => Path.GetFileNameWithoutExtension(file),
                static file => (MetadataReference)MetadataReference.CreateFromFile(file),
                StringComparer.Ordinal
            );
    }

    [GeneratedRegex(@"^using (?!var )([A-Za-z.]+);\n", RegexOptions.Multiline)]
    private static partial Regex Using();

    // A package is added by a command, or is one of a table of which the reader chooses.
    [GeneratedRegex(
        @"^dotnet add package (?<name>\S+)(?: --prerelease)?$|^\|.*\[`(?<name>Session\.[A-Za-z.]+)`\]\(src/",
        RegexOptions.Multiline
    )]
    private static partial Regex Added();
}
