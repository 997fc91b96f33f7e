using System.Runtime.CompilerServices;

namespace ServerSessions.Stores;

/// <summary>Lists sessions page by page, so that a listing holds one page in memory and no cursor of the backend.</summary>
public static class PagedListing
{
    /// <summary>
    /// Reads all pages. Leaves out a session that has expired while the caller processed earlier ones. Throws what
    /// <paramref name="read"/> throws.
    /// </summary>
    /// <typeparam name="TPosition">What the store continues from.</typeparam>
    /// <param name="first">The position of the first page.</param>
    /// <param name="read">Reads the page at a position.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="unreadable">
    /// Called after the last page with the number of entries that are not sessions, if there are any.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The sessions.</returns>
    public static async IAsyncEnumerable<SessionEntry> ReadAsync<TPosition>(
        TPosition first,
        Func<TPosition, CancellationToken, ValueTask<SessionPage<TPosition>>> read,
        StoreClock clock,
        Action<int> unreadable,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(unreadable);
        var left = 0;
        var position = first;
        bool hasMore;
        do
        {
            // Each page, because one may be empty, and the store may ignore the token.
            cancellationToken.ThrowIfCancellationRequested();
            var page = await read(position, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Sessions)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!clock.HasExpired(entry.Record.Expires))
                {
                    yield return entry;
                }
            }

            left += page.Unreadable;
            hasMore = page.HasMore;
            position = hasMore ? page.Next! : first;
        } while (hasMore);

        if (left > 0)
        {
            unreadable(left);
        }
    }
}
