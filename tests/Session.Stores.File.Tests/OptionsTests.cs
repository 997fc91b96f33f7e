using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.File.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_session_file_store_where_it_has_one()
    {
        var options = new FileSessionStoreOptions();
        Assert.Equal("./sessions", options.Path);
        Assert.Equal(TimeSpan.FromHours(1), options.DefaultLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(15), options.PruneInterval);
        Assert.True(options.CreateFolder);
        Assert.False(options.FanOut);
        Assert.False(options.Durable);
    }

    [Fact]
    public void Wrong_options_are_refused_in_plain_words_and_all_of_them_are_named()
    {
        Refuses(options => options.Path = "", "Path");
        Refuses(options => options.Path = " ", "Path");
        Refuses(options => options.Path = null!, "Path");
        Refuses(options => options.Path = "a\0b", "Path");
        Refuses(options => options.DefaultLifetime = TimeSpan.Zero, "DefaultLifetime");
        Refuses(options => options.OperationTimeout = TimeSpan.Zero, "OperationTimeout");
        Refuses(options => options.OperationTimeout = Timeout.InfiniteTimeSpan, "OperationTimeout");
        Refuses(options => options.PruneInterval = TimeSpan.Zero, "PruneInterval");
        Refuses(options => options.PruneInterval = TimeSpan.FromDays(31), "PruneInterval");

        var error = Refuses(options => (options.Path, options.OperationTimeout) = ("", TimeSpan.Zero), "OperationTimeout");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<FileSessionStoreOptions> configure, string says)
    {
        var options = new FileSessionStoreOptions();
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new FileSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
