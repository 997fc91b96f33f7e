using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>A server whose disk is full.</summary>
public sealed class DiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_an_error_that_leaves_every_session_and_is_over_when_there_is_room()
    {
        await using var server = await PostgresServer.StartAsync();

        // In the server's own folder, which is removed with it.
        var space = Path.Combine(server.Process.Folder, "space");
        using var disk = new SmallDisk(space, megabytes: 4, owner: "postgres");
        var ballast = Path.Combine(space, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[1_500_000], Cancel);
        await using var database = await server.NewDatabaseAsync();
        await database.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{space}'");
        await database.ExecuteAsync(
            ConnectPgSimple.CreateTable
                + "; ALTER TABLE session SET TABLESPACE small; ALTER TABLE session ALTER COLUMN sess SET STORAGE EXTERNAL"
        );
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { ConnectionString = database.ConnectionString, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        await store.SetAsync("very-secret-id", Record("old"), Cancel);

        var stored = 0;
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
        {
            for (; ; stored++)
            {
                await store.SetAsync($"very-secret-filling{stored}", Record(new string('x', 500_000)), Cancel);
            }
        });
        Assert.True(stored > 0);
        Assert.False(error.IsTransient);
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("very-secret-id", Record(new string('y', 500_000)), Cancel)
        );
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.NotNull(await store.GetAsync("very-secret-filling0", Cancel));

        File.Delete(ballast);
        await store.SetAsync("very-secret-id", Record(new string('y', 500_000)), Cancel);
        Assert.NotNull(await store.GetAsync("very-secret-filling0", Cancel));
    }

    private static SessionRecord Record(string value) => new(TestDatabase.Payload(value), null);
}
