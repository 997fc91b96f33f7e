namespace ServerSessions.Stores.File.Tests;

/// <summary>A volume whose root everyone may write to, as Kubernetes mounts an <c>emptyDir</c>.</summary>
public sealed class SharedVolumeTests
{
    [Fact]
    public async Task A_folder_inside_a_volume_that_everyone_may_write_to_is_made_for_its_owner_alone_and_used()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        await using var folder = new TestFolder();
        Shell.Run("chmod", "777", folder.Parent);
        var store = folder.Store();

        await store.SetAsync("a", folder.Record(), TestContext.Current.CancellationToken);

        Assert.NotNull(await store.GetAsync("a", TestContext.Current.CancellationToken));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            System.IO.File.GetUnixFileMode(folder.Path)
        );
    }
}
