using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Testing;

namespace ServerSessions.Stores.File.Tests;

/// <summary>What is given as a path: with a line break at its end, or by mistake something else that holds a password (S8).</summary>
public sealed class PathTests
{
    private static readonly string[] Examples =
    [
        "postgres://user:{password}@host:5432/database?sslmode=require",
        "Host=host;Username=user;Password={password};Database=database",
        "host:6379,password={password},ssl=true",
        "user:{password}@host/sessions",
        "sessions;Password={password}",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_line_break_at_the_end_is_no_part_of_the_name(string end)
    {
        await using var folder = new TestFolder();
        await folder.Store(options => options.Path = folder.Path + end).OpenAsync(Cancel);
        foreach (
            var add in new Action<IServerSessionBuilder>[]
            {
                builder => new FileSessionStoreProvider().AddStore(builder, $"file:{folder.Path}{end}"),
                builder => new FileSessionStoreProvider().AddStoreFromConnectionString(builder, folder.Path + end),
            }
        )
        {
            var services = new ServiceCollection();
            add(new ServerSessionBuilder(services));
            await using var provider = services.BuildServiceProvider();
            await provider.GetRequiredService<FileSessionStore>().OpenAsync(Cancel);
        }

        Assert.Equal([folder.Path], Directory.GetFileSystemEntries(folder.Parent));
    }

    [Theory]
    [InlineData("a\nb", "holds a line break")]
    [InlineData("a\n/", "holds a line break")]
    [InlineData("redis://host/1", "is a URL")]
    [InlineData("/x;Password=y", "holds a semicolon and an equals sign")]
    public void What_is_no_path_is_refused_in_plain_words(string path, string says)
    {
        var error = Assert.Throws<OptionsValidationException>(() => new FileSessionStore(new FileSessionStoreOptions { Path = path }));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relative_path_is_refused_in_plain_words_where_the_current_folder_is_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not remove a current folder.");
        await using var folder = new TestFolder();
        var gone = Path.Combine(folder.Parent, "gone");
        var failed = await Assert.ThrowsAnyAsync<Exception>(() =>
            CrashWriter.RunAsync($"mkdir '{gone}'; cd '{gone}'; rmdir '{gone}'", "store", "sessions")
        );
        Assert.Contains("there is no current folder", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_message_repeats_a_part_of_a_password_whatever_is_given_as_the_path()
    {
        var (refused, paths, opened) = (0, 0, 0);
        foreach (var typo in ConnectionStringTypos.Of(Examples, "host", "user", "database", "sessions"))
        {
            FileSessionStore store;
            try
            {
                store = new FileSessionStore(new FileSessionStoreOptions { Path = typo, CreateFolder = false });
            }
            catch (OptionsValidationException error)
            {
                refused++;
                AssertHides(typo, error.ToString());
                continue;
            }

            await using (store)
            {
                // A password that stands alone and is written as a file name may be cannot be told from one.
                if (typo.All(static c => char.IsLetterOrDigit(c) || " ._-/\\".Contains(c, StringComparison.Ordinal)) || Path.Exists(typo))
                {
                    continue;
                }

                // Each starts a thread. One in ten of them is enough: what is shown is the same for all operations.
                if (++paths % 10 != 0)
                {
                    continue;
                }

                opened++;
                AssertHides(typo, (await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel))).ToString());
            }
        }

        Assert.InRange(refused, 1000, int.MaxValue);
        Assert.InRange(opened, 100, int.MaxValue);
    }

    private static void AssertHides(string typo, string text) =>
        Assert.True(ConnectionStringTypos.Leak(text) is null, $"{typo}\n-> {text}");
}
