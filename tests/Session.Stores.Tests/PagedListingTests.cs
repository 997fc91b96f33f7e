using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Stores.Tests;

public sealed class PagedListingTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task All_pages_are_read_in_order_and_what_is_no_session_is_counted_once_at_the_end()
    {
        var positions = new List<int>();
        var unreadable = new List<int>();
        var sessions = PagedListing.ReadAsync(
            0,
            (position, _) =>
            {
                positions.Add(position);
                Assert.Empty(unreadable);
                return ValueTask.FromResult(Page(position + 1, hasMore: position < 2, unreadable: 2, $"s{position}"));
            },
            Clock(new FakeTimeProvider(Now)),
            unreadable.Add,
            TestContext.Current.CancellationToken
        );

        var sids = await sessions.Select(static entry => entry.Sid).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["s0", "s1", "s2"], sids);
        Assert.Equal([0, 1, 2], positions);
        Assert.Equal([6], unreadable);
    }

    [Fact]
    public async Task A_session_that_expires_while_its_page_is_processed_is_left_out()
    {
        var time = new FakeTimeProvider(Now);
        var seen = new List<string>();
        await foreach (
            var entry in PagedListing.ReadAsync(
                0,
                static (_, _) => ValueTask.FromResult(Page(0, hasMore: false, unreadable: 0, "a", "b")),
                Clock(time),
                static _ => Assert.Fail("nothing is unreadable"),
                TestContext.Current.CancellationToken
            )
        )
        {
            seen.Add(entry.Sid);
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["a"], seen);
    }

    [Fact]
    public async Task A_listing_that_is_cancelled_reads_no_further_page()
    {
        using var cancelling = new CancellationTokenSource();
        var pages = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in PagedListing.ReadAsync(
                    0,
                    (_, token) =>
                    {
                        token.ThrowIfCancellationRequested();
                        pages++;
                        return ValueTask.FromResult(Page(0, hasMore: true, unreadable: 0, "a"));
                    },
                    Clock(new FakeTimeProvider(Now)),
                    static _ => { },
                    cancelling.Token
                )
            )
            {
                await cancelling.CancelAsync();
            }
        });

        Assert.Equal(1, pages);
    }

    [Fact]
    public async Task A_cancelled_listing_of_empty_pages_ends_even_if_the_store_ignores_the_cancellation()
    {
        using var cancelling = new CancellationTokenSource();
        var pages = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in PagedListing.ReadAsync(
                    0,
                    (_, _) =>
                    {
                        Assert.True(++pages <= 3, "The listing goes on.");
                        if (pages == 3)
                        {
                            cancelling.Cancel();
                        }

                        return ValueTask.FromResult(Page(0, hasMore: true, unreadable: 0));
                    },
                    Clock(new FakeTimeProvider(Now)),
                    static _ => { },
                    cancelling.Token
                )
            ) { }
        });
    }

    private static StoreClock Clock(TimeProvider time) => new(time, TimeSpan.FromDays(1));

    private static SessionPage<int> Page(int next, bool hasMore, int unreadable, params string[] sids)
    {
        var page = new SessionPage<int> { Next = next, HasMore = hasMore, Unreadable = unreadable };
        foreach (var sid in sids)
        {
            page.Sessions.Add(new SessionEntry(sid, new SessionRecord("{}"u8, Now.AddMinutes(30))));
        }

        return page;
    }
}
