using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CsCheck;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>
/// Names, messages and reasons come from stores and from files of others: in every output they are text, whatever they hold.
/// </summary>
public sealed partial class HostileTextTests(ITestOutputHelper output)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras().Build();

    private static readonly Gen<string> Hostile = Gen.OneOf(
            "<script>alert(1)</script>",
            "</details>",
            "<!--",
            "]]>",
            "&lt;",
            "&#x41;",
            "|",
            "\\",
            "\\|",
            "`",
            "``",
            "```",
            "```\n",
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "\n\n# h\n",
            "**",
            "__",
            "_",
            "~~",
            "#",
            " #",
            "[a](javascript:b)",
            "![",
            "](",
            "]",
            "\e[31m",
            "\e]0;t\a",
            "\a",
            "\0",
            "\u007f",
            "\u009b31m",
            "\u0085",
            "\u2028",
            "\u202e",
            "\u2066",
            "\ufeff",
            "\ufffe",
            "\uffff",
            "\ud83d",
            "\udc00",
            "😀",
            "\"",
            "'",
            "<",
            ">",
            "&",
            "é",
            "ab",
            "c",
            "1",
            "- x",
            "| --- |",
            "$",
            "{",
            "http://e",
            "  repeat:     rm\n"
        )
        .Array[0, 8]
        .Select(string.Concat);

    private static readonly Gen<Texts> AnyTexts = Gen.Select(Hostile, Hostile, Hostile, Hostile, static (name, backend, error, reason) =>
        new Texts(name, backend, error, reason)
    );

    private sealed record Texts(string Name, string Backend, string Error, string Reason);

    [Fact]
    public Task What_a_store_says_of_itself_is_text_in_every_report() =>
        AnyTexts.SampleAsync(
            async texts =>
            {
                await using var runner = new ConformanceRunner(
                    new HostileHarness(texts),
                    new ConformanceRunOptions { Cases = ["GSD-03", "GSD-04", "GSD-05"] }
                );
                var report = await runner.RunAsync();
                var matrix = new ConformanceMatrix();
                matrix.Add(report);

                foreach (
                    var (what, text) in (ReadOnlySpan<(string, string)>)
                        [
                            ("json", report.ToJson()),
                            ("badge", report.ToBadge()),
                            ("markdown", report.ToMarkdown()),
                            ("junit", report.ToJUnit()),
                            ("matrix", matrix.ToMarkdown()),
                            ("html", matrix.ToHtml()),
                            ("explanation", string.Join('\n', report.Results.Select(report.Explain))),
                            ("messages", string.Join('\n', report.Results.Select(static result => result.Message))),
                        ]
                )
                {
                    Assert.True(text.All(static c => c is '\n' or '\t' || !IsControl(c)), $"{what} has a control character.");
                }

                Assert.Equal(report.StoreName, JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("store").GetString());
                var suite = XDocument.Parse(report.ToJUnit()).Root!.Elements("testsuite").Single();
                Assert.Equal(
                    (report.StoreName, report.Results.Count),
                    (suite.Attribute("name")!.Value, suite.Elements("testcase").Count())
                );
                Assert.All(suite.Elements("testcase"), testcase =>
                    Assert.StartsWith(report.StoreName + ".", testcase.Attribute("classname")!.Value, StringComparison.Ordinal)
                );
                Assert.All(report.Results.Where(static result => result.IsFailure), result =>
                    Assert.Contains(suite.Descendants("failure"), failure => failure.Value == report.Explain(result))
                );

                var page = Read(report.ToMarkdown(), "<details><summary>All cases</summary>", "</details>");
                Assert.Equal(Words(report.StoreName), Words(page.Descendants<HeadingBlock>().First()));
                Assert.Contains(report.Results, static result => result.Outcome == CaseOutcome.Waived);
                Assert.Contains(report.Results, static result => result is { IsFailure: true, Case.Id: "GSD-04" });
                Assert.Equal(
                    report.Results.Where(static result => result.IsFailure).Select(report.Explain),
                    page.Descendants<FencedCodeBlock>().Select(static block => block.Lines.ToString())
                );
                Assert.Equal(
                    report.Results.Select(static result => Words(result.Message)),
                    Rows(page, ^1).Select(static row => Words(row[4]))
                );

                var grid = Read(matrix.ToMarkdown());
                Assert.Equal(Words(report.StoreName), Words(Rows(grid, 0).Single()[0]));
                Assert.All(grid.Descendants<Table>(), AssertRowsAreWhole);
            },
            iter: 300,
            threads: 1,
            writeLine: output.WriteLine
        );

    [Fact]
    public void What_a_file_of_another_says_is_text_in_every_matrix() =>
        Gen.Select(AnyTexts, Hostile)
            .Sample(
                (texts, word) =>
                {
                    var matrix = new ConformanceMatrix();
                    matrix.AddJson(
                        JsonSerializer.Serialize(
                            new
                            {
                                schema = 1,
                                store = texts.Name,
                                backend = texts.Backend,
                                time = word,
                                contract = word,
                                kit = word,
                                verdict = texts.Error,
                                conforms = true,
                                cases = new[]
                                {
                                    new
                                    {
                                        id = "X" + word,
                                        level = word,
                                        rule = texts.Reason,
                                        outcome = "Y" + word,
                                        message = texts.Error,
                                    },
                                },
                            }
                        )
                    );

                    Assert.True((matrix.ToMarkdown() + matrix.ToHtml()).All(static c => c is '\n' or '\t' || !IsControl(c)));
                    var page = Read(matrix.ToMarkdown());
                    Assert.Equal(3, page.Descendants<Table>().Count());
                    Assert.All(page.Descendants<Table>(), AssertRowsAreWhole);
                    Assert.Equal(Words(PrintableOf(texts.Error)), Words(Rows(page, 2).Single()[3]));

                    // The page of HTML has the tags of its own and no other.
                    Assert.Empty(
                        Tag()
                            .Matches(matrix.ToHtml())
                            .Select(static match => match.Groups[1].Value)
                            .Except([
                                "!doctype",
                                "html",
                                "head",
                                "meta",
                                "title",
                                "style",
                                "body",
                                "h1",
                                "h2",
                                "table",
                                "thead",
                                "tbody",
                                "tr",
                                "th",
                                "td",
                                "p",
                                "label",
                                "input",
                                "main",
                                "section",
                                "div",
                                "details",
                                "summary",
                                "h3",
                                "ul",
                                "li",
                                "b",
                                "br",
                            ])
                    );
                },
                iter: 2000,
                threads: 1,
                writeLine: output.WriteLine
            );

    /// <summary>What a terminal obeys or a reader does not see: controls, directions and marks, halves of pairs.</summary>
    private static bool IsControl(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned;

    private static string PrintableOf(string text)
    {
        var builder = new StringBuilder();
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        for (var i = 0; i < text.Length; i++)
        {
            var pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (pair)
            {
                builder.Append(text, i++, 2);
            }
            else if (text[i] is '\n' or '\t')
            {
                builder.Append(' ');
            }
            else
            {
                // A half of a pair is U+FFFD once it has been JSON.
                builder.Append(
                    char.IsSurrogate(text[i]) ? "\ufffd"
                    : IsControl(text[i]) ? $"\\u{(int)text[i]:x4}"
                    : text[i].ToString()
                );
            }
        }

        return builder.ToString();
    }

    private static MarkdownDocument Read(string markdown, params string[] tags)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        Assert.Empty(document.Descendants<HtmlInline>());
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Equal(tags, document.Descendants<HtmlBlock>().Select(static block => block.Lines.ToString()));
        return document;
    }

    private static IReadOnlyList<TableCell[]> Rows(MarkdownDocument document, Index table)
    {
        var tables = document.Descendants<Table>().ToArray();
        return [.. tables[table].Skip(1).Cast<TableRow>().Select(static row => row.Cast<TableCell>().ToArray())];
    }

    private static void AssertRowsAreWhole(Table table) => Assert.Single(table.Cast<TableRow>().Select(static row => row.Count).Distinct());

    private static string Words(MarkdownObject block)
    {
        var text = new StringBuilder();
        foreach (
            var inline in block
                .Descendants<Inline>()
                .Concat(block is LeafBlock { Inline: { } own } ? own.Descendants<Inline>() : [])
                .Distinct()
        )
        {
            text.Append(
                inline switch
                {
                    LiteralInline literal => literal.Content.ToString(),
                    HtmlEntityInline entity => entity.Transcoded.ToString(),
                    LineBreakInline => " ",
                    _ => "",
                }
            );
        }

        return Words(text.ToString());
    }

    // White space at the ends and in a row means nothing in Markdown.
    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("</?([^\\s>/]+)")]
    private static partial Regex Tag();

    private sealed class HostileHarness(Texts texts) : ReferenceHarness(setup => new FailingStore(new ReferenceStore(setup), texts.Error))
    {
        public override string Name => texts.Name;

        public override string Backend => texts.Backend;

        public override IReadOnlyList<Waiver> Waivers => [new("GSD-05", texts.Reason)];
    }

    private sealed class FailingStore(ReferenceStore inner, string error) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException(error);
    }
}
