using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Leaks;

/// <summary>
/// What an attacker finds in a backend (T34): with hashed ids and encrypted payloads, nothing usable to sign in or to read.
/// </summary>
public sealed class AtRestTests(Fleet fleet)
{
    private const string Mark = "at-rest-payload";

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_dump_of_the_backend_holds_no_id_and_no_value_where_both_are_hidden(string backend)
    {
        foreach (var hidden in (bool[])[true, false])
        {
            var place = await fleet.Places.NewAsync(backend);
            var store = place.Open();
            using var collector = new LeakCollector(payloadMark: Mark);
            var sids = new HashSet<string>(StringComparer.Ordinal);
            await using (
                var host = await TrustHost.StartAsync(
                    store,
                    protection: builder =>
                        builder.Services.Configure<ServerSessionOptions>(options =>
                        {
                            options.Protection.HashIds = hidden;
                            if (hidden)
                            {
                                options.Protection.Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
                            }
                        }),
                    leaks: collector
                )
            )
            {
                // A session that is signed in, written to, given a new id, and one that is left alone; what is gone may have left something
                // too.
                foreach (
                    var paths in (string[][])
                        [
                            ["/login"],
                            ["/login", "/set", "/get", "/regenerate", "/touch", "/set"],
                            ["/login", "/logout"],
                        ]
                )
                {
                    string? cookie = null;
                    foreach (var path in paths)
                    {
                        var answer = await host.Client.SendAsync(path, cookie, "key", Mark);
                        cookie = path == "/logout" ? cookie : answer.Cookie ?? cookie;
                        sids.Add(Answer.SidOf(cookie!));
                    }
                }
            }

            var dump = await RawDump.OfAsync(place, store);
            await StorePlace.CloseAsync(store);
            var found = sids.Append(Mark).Where(secret => dump.Contains(secret, StringComparison.Ordinal)).ToList();
            if (hidden)
            {
                Assert.Empty(found);
            }
            else
            {
                // The search finds what is there: both live sessions, and what they hold.
                Assert.True(found.Count >= 3, $"{found.Count} of {sids.Count + 1} were found in {dump.Length} characters.");
            }
        }
    }
}
