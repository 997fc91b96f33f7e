using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Tests;

public sealed class UnreadableFileTests
{
    private const string Whole =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:55:01.453Z","path":"/"},"secret":"canary","__lastAccess":95617584000000}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("canary")]
    [InlineData("[")]
    [InlineData("{}{}")]
    [InlineData("""{"cookie":{"originalMaxAge":"canary"}"__lastAccess":95617584000000}""")]
    [InlineData("\uFEFF{\"cookie\":{}}")]
    public async Task A_file_that_is_no_session_is_an_error_once_and_kept_and_then_absent(string text)
    {
        await using var folder = new TestFolder();
        var logger = new SignallingLogger();
        var store = folder.Store(logger: logger);
        await store.SetAsync("neighbour", folder.Record(), Cancel);
        folder.Plant("very-secret-id.json", text);
        Assert.Equal("neighbour", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.Equal("File", error.Backend);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(logger.Messages, message =>
            message.Contains("very-secret-id", StringComparison.Ordinal) || message.Contains("canary", StringComparison.Ordinal)
        );

        var aside = Assert.Single(folder.Names, name => name.StartsWith("very-secret-id.json.unreadable-", StringComparison.Ordinal));
        Assert.Equal(Encoding.UTF8.GetBytes(text), await System.IO.File.ReadAllBytesAsync(folder.File(aside), Cancel));
        Assert.Null(await store.GetAsync("very-secret-id", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("very-secret-id", folder.Record("new"), null, Cancel));
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
        Assert.NotNull(await store.GetAsync("neighbour", Cancel));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"secret":"canary","__lastAccess":95617584000000}""")]
    [InlineData("""{"cookie":"canary","__lastAccess":95617584000000}""")]
    [InlineData("""{"cookie":{"originalMaxAge":"canary"},"__lastAccess":95617584000000}""")]
    [InlineData("{\"hmac\":\"canary\",\"ct\":\"canary\"}")]
    [InlineData("\"canary\"")]
    [InlineData(" 1e400 ")]
    public async Task A_file_that_Node_reads_and_that_is_no_session_is_an_error_each_time_and_stays_until_it_is_replaced_or_destroyed(
        string text
    )
    {
        await using var folder = new TestFolder();
        var logger = new SignallingLogger();
        var store = folder.Store(logger: logger);
        await store.SetAsync("neighbour", folder.Record(), Cancel);
        foreach (
            var end in (Func<Task>[])
                [
                    () => store.SetAsync("very-secret-id", folder.Record(), Cancel).AsTask(),
                    () => store.DestroyAsync("very-secret-id", Cancel).AsTask(),
                ]
        )
        {
            folder.Plant("very-secret-id.json", text);
            foreach (
                var call in (Func<Task>[])
                    [
                        () => store.GetAsync("very-secret-id", Cancel).AsTask(),
                        () => store.TouchAsync("very-secret-id", folder.Record(), Cancel).AsTask(),
                        () => store.TrySetAsync("very-secret-id", folder.Record(), null, Cancel).AsTask(),
                        () => store.GetAsync("very-secret-id", Cancel).AsTask(),
                    ]
            )
            {
                var error = await Assert.ThrowsAsync<SessionStoreException>(call);
                Assert.False(error.IsTransient);
                Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
            }

            Assert.Equal("neighbour", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
            await store.PruneAsync(100, Cancel);
            Assert.Equal(text, await System.IO.File.ReadAllTextAsync(folder.File("very-secret-id.json"), Cancel));
            Assert.DoesNotContain(folder.Names, static name => name.Contains("unreadable", StringComparison.Ordinal));
            await end();
        }

        Assert.Null(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task A_session_of_any_depth_is_read_changed_touched_and_destroyed()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var deep = string.Concat(Enumerable.Repeat("{\"c\":[", 200_000)) + string.Concat(Enumerable.Repeat("]}", 200_000));
        folder.Plant(
            "a.json",
            $$"""{"cookie":{"originalMaxAge":"","expires":"","path":"/"},"deep":{{deep}},"__lastAccess":95617584000000}"""
        );

        var read = await store.GetAsync("a", Cancel);
        Assert.True(SessionDocument.Parse(read!.Payload).TryGetJson("deep", out var json) && Encoding.UTF8.GetString(json.Span) == deep);
        Assert.True(await store.TouchAsync("a", read, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", read, read, Cancel));
        await store.DestroyAsync("a", Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.DoesNotContain(folder.Names, static name => name.Contains("unreadable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callers_that_meet_at_an_unreadable_file_set_it_aside_once_and_a_good_one_is_never_set_aside()
    {
        await using var folder = new TestFolder();
        FileSessionStore[] stores = [folder.Store(), folder.Store()];
        for (var round = 0; round < 50; round++)
        {
            folder.Plant("a.json", "{");
            var calls = Enumerable
                .Range(0, 8)
                .Select(i =>
                    Task.Run(
                        async () =>
                        {
                            try
                            {
                                await (i == 7 ? stores[1].SetAsync("a", folder.Record("good"), Cancel) : Get(stores[i % 2]));
                                return null;
                            }
                            catch (SessionStoreException error)
                            {
                                return error;
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            var errors = (await Task.WhenAll(calls)).OfType<SessionStoreException>().ToList();
            Assert.All(errors, static error => Assert.False(error.IsTransient, error.ToString()));
            Assert.InRange(errors.Count, 0, 1);
            Assert.Equal(errors.Count, folder.Names.Count(name => name.Contains("unreadable", StringComparison.Ordinal)));
            Assert.Equal(TestFolder.Payload("good"), (await stores[0].GetAsync("a", Cancel))!.Payload.ToArray());
            foreach (var name in folder.Names)
            {
                System.IO.File.Delete(folder.File(name));
            }
        }

        async ValueTask Get(FileSessionStore store) => await store.GetAsync("a", Cancel);
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_is_an_error_and_never_a_shorter_session()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        for (var length = 0; length < Whole.Length; length++)
        {
            folder.Plant("a.json", Whole[..length]);
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
            Assert.Null(await store.GetAsync("a", Cancel));
        }

        folder.Plant("a.json", Whole);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        Assert.Equal(Whole.Length + 1, folder.Names.Length);
    }

    [Theory]
    [InlineData("a", "a.json")]
    [InlineData("hashed id", "~")]
    public async Task A_flipped_bit_anywhere_gives_a_session_an_absence_or_an_error_and_loses_no_file(string sid, string file)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync(sid, new SessionRecord(Encoding.UTF8.GetBytes(Whole), null), Cancel);
        var path = folder.File(Assert.Single(folder.Names, name => name.StartsWith(file, StringComparison.Ordinal)));
        var whole = await System.IO.File.ReadAllBytesAsync(path, Cancel);
        var (errors, left) = (0, 0);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var bytes = whole.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            await System.IO.File.WriteAllBytesAsync(path, bytes, Cancel);
            try
            {
                await store.GetAsync(sid, Cancel);
                Assert.True(System.IO.File.Exists(path));
            }
            catch (SessionStoreException)
            {
                errors++;
                var isReadByNode = SessionJson.IsValue(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)));
                var isLeft = System.IO.File.Exists(path);

                // Node looks for no file with a hashed name; one whose id does not match belongs to no application.
                Assert.True(isLeft == isReadByNode || (!isLeft && file == "~"), $"Bit {bit}.");
                left += isLeft ? 1 : 0;
            }
        }

        Assert.True(errors > 100);
        Assert.Equal(errors - left, folder.Names.Count(name => name.Contains("unreadable", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_too_large_for_a_session_is_not_read_into_memory()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        await using (var file = System.IO.File.Create(folder.File("a.json")))
        {
            file.SetLength(1L << 40);
        }

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
    }
}
