using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Conformance.Tests;

/// <summary>The outcomes of the stores of this repository, which their own tests check in.</summary>
public sealed class ConformanceTableTests
{
    private static readonly string Page = Path.Combine(StoreOutcomes.Root, "docs", "conformance.md");

    [Fact]
    public void Every_store_that_ships_has_run_every_case_and_breaks_none()
    {
        var shipped = Directory
            .EnumerateDirectories(Path.Combine(StoreOutcomes.Root, "src"), "Session.Stores.*")
            .Select(static folder => Path.GetFileName(folder))
            // The pattern also matches the kit, which has no name of a store.
            .Where(static name => name != "Session.Stores")
            .Select(static name => name["Session.Stores.".Length..]);
        var stores = StoreOutcomes.ReadAll();

        Assert.Equal(shipped.Order(StringComparer.Ordinal), stores.Select(static store => store.Store).Order(StringComparer.Ordinal));
        foreach (var store in stores)
        {
            Assert.Equal(ConformanceCatalogue.Cases.Select(static item => item.Id), store.Cases.Select(static result => result.Id));
            Assert.DoesNotContain(store.Cases, static result =>
                result.Outcome is not (CaseOutcome.Passed or CaseOutcome.NotDeclared or CaseOutcome.Untested or CaseOutcome.Waived)
            );
        }
    }

    [Fact]
    public async Task The_page_with_all_stores_is_the_one_that_is_checked_in()
    {
        var table = ConformanceTable.ToMarkdown(StoreOutcomes.ReadAll());
        if (StoreOutcomes.Updates)
        {
            await File.WriteAllTextAsync(Page, table, TestContext.Current.CancellationToken);
        }

        var stored = File.Exists(Page) ? await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken) : "";
        Assert.True(stored.ReplaceLineEndings("\n") == table, $"{Page} is stale. Run eng/conformance.sh and review the difference.");
    }
}
