using System.Reflection;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>The test of a handler that the page about testing shows is a test, and passes.</summary>
public sealed class HandlerTestTests
{
    private const string Page = "docs/testing.md";

    [Fact]
    public async Task The_test_of_a_handler_that_the_page_shows_passes()
    {
        var compiler = new PageCompiler(Page);
        var passed = 0;
        foreach (var block in CodeBlock.Of(Page).Where(static block => block.Language == "csharp"))
        {
            var compilation = compiler.Next(block);
            if (!block.Text.Contains("TestServerSession.CreateAsync", StringComparison.Ordinal))
            {
                continue;
            }

            using var assembly = new MemoryStream();
            var emitted = compilation.Emit(assembly, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
            foreach (
                var test in Assembly
                    .Load(assembly.ToArray())
                    .GetTypes()
                    .SelectMany(static type => type.GetMethods())
                    .Where(static method => method.IsDefined(typeof(FactAttribute)))
            )
            {
                await (Task)test.Invoke(Activator.CreateInstance(test.DeclaringType!), BindingFlags.DoNotWrapExceptions, null, [], null)!;
                passed++;
            }
        }

        Assert.Equal(1, passed);
    }
}
