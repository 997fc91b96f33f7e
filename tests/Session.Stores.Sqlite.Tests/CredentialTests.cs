using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>No typo puts a part of a password into a message (S8).</summary>
public sealed partial class CredentialTests
{
    private static readonly string[] Examples =
    [
        "Data Source=sessions.db;Password={password}",
        "Password={password};Data Source=sessions.db;Mode=ReadWriteCreate;Foreign Keys=True",
        "file:sessions.db?mode=rwc&key={password}",
        "postgres://user:{password}@host:5432/database?sslmode=require",
        "Host=host;Username=user;Password={password};Database=database",
        "host:6379,password={password},ssl=true",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_message_repeats_a_part_of_a_password_whatever_the_typo()
    {
        // A path that is right by chance leads nowhere: nothing is made.
        AppContext.SetData("DataDirectory", Path.Combine(Path.GetTempPath(), "missing", "folder"));
        try
        {
            await AssertNoneLeaksAsync(ConnectionStringTypos.Of(Examples, "sessions.db", "file"));
        }
        finally
        {
            AppContext.SetData("DataDirectory", null);
        }
    }

    private static async Task AssertNoneLeaksAsync(IReadOnlyList<string> typos)
    {
        var (refused, opened) = (0, 0);
        foreach (var typo in typos)
        {
            SqliteSessionStore store;
            try
            {
                store = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = typo });
            }
            catch (OptionsValidationException error)
            {
                refused++;
                AssertHides(typo, error.ToString());
                continue;
            }

            await using (store)
            {
                // Those with a folder in their name could make a file anywhere.
                if (
                    typo.AsSpan().IndexOfAny('/', '\\', '%') < 0
                    && !typo.Contains("file:", StringComparison.OrdinalIgnoreCase)
                    && !MayBeShown().IsMatch(typo)
                )
                {
                    opened++;
                    await AssertOpeningHidesAsync(typo, store);
                }
            }
        }

        Assert.InRange(refused, 1000, int.MaxValue);
        Assert.InRange(opened, 100, int.MaxValue);
    }

    [Fact]
    public void No_message_about_a_URL_repeats_a_part_of_a_password_whatever_the_typo()
    {
        var refused = 0;
        foreach (
            var typo in ConnectionStringTypos.Of(
                ["sqlite://user:{password}@host/sessions.db?key={password}", "sqlite:sessions.db;Password={password}"],
                "sessions.db",
                "sqlite",
                "host"
            )
        )
        {
            try
            {
                var services = new ServiceCollection();
                new SqliteSessionStoreProvider().AddStore(new ServerSessionBuilder(services), typo);
                using var provider = services.BuildServiceProvider();
                provider.GetRequiredService<SqliteSessionStore>();
            }
            catch (Exception error) when (error is ArgumentException or OptionsValidationException)
            {
                refused++;
                AssertHides(typo, error.ToString());
            }
        }

        Assert.InRange(refused, 1000, int.MaxValue);
    }

    private static async Task AssertOpeningHidesAsync(string typo, SqliteSessionStore store)
    {
        try
        {
            await store.OpenAsync(Cancel);
        }
        catch (SessionStoreException error)
        {
            AssertHides(typo, error.ToString());
        }
    }

    private static void AssertHides(string typo, string text) =>
        Assert.True(ConnectionStringTypos.Leak(text) is null, $"{typo}\n-> {text}");

    /// <summary>
    /// A password that stands alone where the path should, and is written as a file name may be, cannot be told from one.
    /// </summary>
    [GeneratedRegex("^(\\s*[\"']?Data Source[\"']?\\s*=)?[\\w. -]*;?$", RegexOptions.IgnoreCase)]
    private static partial Regex MayBeShown();
}
