using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Secrets;

/// <summary>
/// A password that a typo has moved into another field is in no message, of a backend whose strings are lists of servers in which nothing
/// tells some typos from what is meant.
/// </summary>
/// <param name="provider">The backend's provider.</param>
/// <param name="right">Right strings of the backend.</param>
/// <param name="named">Words in them that messages show on purpose.</param>
/// <param name="meant">Strings that nothing tells from one that is meant.</param>
/// <param name="atOnce">How many stores fail at once.</param>
/// <param name="output">Where figures go.</param>
public abstract class ServerNameTypoTests<TStore>(
    SessionStoreProvider provider,
    string[] right,
    string[] named,
    Regex meant,
    int atOnce,
    ITestOutputHelper output
)
    where TStore : ISessionStore, IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _leaks = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ITestOutputHelper Output { get; } = output;

    [Fact]
    public async Task No_part_of_a_password_is_in_what_a_wrong_connection_string_leads_to()
    {
        var (refused, asMeant) = (0, 0);
        var taken = new List<(string Typo, TStore Store)>();
        foreach (var typo in ConnectionStringTypos.Of(right, named))
        {
            try
            {
                provider.AddStore(new ServerSessionBuilder(new ServiceCollection()), typo);
            }
            catch (ArgumentException error)
            {
                Look(error.ToString(), typo);
            }

            TStore store;
            try
            {
                store = NewImpatientStore(typo);
            }
            catch (OptionsValidationException error)
            {
                refused++;
                Look(error.ToString(), typo);
                continue;
            }

            if (meant.IsMatch(typo))
            {
                asMeant++;
                await store.DisposeAsync();
            }
            else
            {
                taken.Add((typo, store));
            }
        }

        // Every message of a store names its servers in the same way.
        Output.WriteLine($"{refused} refused, {taken.Count} taken, {asMeant} that nothing is wrong with");
        await Parallel.ForEachAsync(
            taken,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Cancel },
            async (one, _) => Look((await FailureAsync(one.Store)).ToString(), one.Typo)
        );
        Assert.Equal("", string.Join('\n', _leaks));
        Assert.True(refused > 1000 && taken.Count > 100, $"{refused} refused, {taken.Count} taken");
    }

    /// <summary>A store whose calls have a millisecond.</summary>
    protected abstract TStore NewImpatientStore(string connectionString);

    /// <summary>A call that has a millisecond, with no server there.</summary>
    protected static async Task<SessionStoreException> FailureAsync(TStore store)
    {
        await using (store)
        {
            return await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        }
    }

    private void Look(string text, string typo)
    {
        if (ConnectionStringTypos.Leak(text) is not null)
        {
            _leaks.Enqueue($"{typo}\n    {text.Split('\n')[0]}");
        }
    }
}
