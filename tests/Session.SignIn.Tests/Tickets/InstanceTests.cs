using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Two instances with stores of their own on one SQLite file.</summary>
public sealed class InstanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sign-in-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_on_one_instance_counts_on_the_other_and_so_does_the_sign_out(bool inSession)
    {
        using var shop = new Shop
        {
            Backend = sessions => sessions.AddSqliteStore($"Data Source={Path.Combine(_folder, "sessions.db")}"),
            Keep = authentication =>
                _ = inSession ? authentication.KeepTicketsInServerSession() : authentication.KeepTicketsInSessionStore(),
        };
        await using var site = await shop.StartAsync();
        await using var other = await shop.StartAsync();
        var browser = shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal(("ada", "a"), (await browser.On(other).TextAsync("/me"), await browser.On(other).TextAsync("/cart")));
        var copy = browser.Copy();

        await browser.On(other).TextAsync("/sign-out");
        Assert.Equal(("-", "-"), (await copy.TextAsync("/me"), await copy.On(other).TextAsync("/me")));
    }
}
