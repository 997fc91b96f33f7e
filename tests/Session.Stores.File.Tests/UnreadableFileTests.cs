using System.Text;

namespace Session.Stores.File.Tests;

public sealed class UnreadableFileTests
{
    private const string Whole =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:55:01.453Z","path":"/"},"secret":"canary","__lastAccess":95617584000000}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("canary")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"secret":"canary","__lastAccess":95617584000000}""")]
    [InlineData("""{"cookie":"canary","__lastAccess":95617584000000}""")]
    [InlineData("""{"cookie":{"originalMaxAge":"canary"},"__lastAccess":95617584000000}""")]
    [InlineData("\uFEFF{\"cookie\":{}}")]
    [InlineData("{\"hmac\":\"canary\",\"ct\":\"canary\"}")]
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
        Assert.DoesNotContain(logger.Messages, message => message.Contains("very-secret-id", StringComparison.Ordinal) || message.Contains("canary", StringComparison.Ordinal));

        var aside = Assert.Single(folder.Names, name => name.StartsWith("very-secret-id.json.unreadable-", StringComparison.Ordinal));
        Assert.Equal(Encoding.UTF8.GetBytes(text), await System.IO.File.ReadAllBytesAsync(folder.File(aside), Cancel));
        Assert.Null(await store.GetAsync("very-secret-id", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("very-secret-id", folder.Record("new"), null, Cancel));
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
        Assert.NotNull(await store.GetAsync("neighbour", Cancel));
    }

    [Fact]
    public async Task Callers_that_meet_at_an_unreadable_file_set_it_aside_once_and_a_good_one_is_never_set_aside()
    {
        await using var folder = new TestFolder();
        FileSessionStore[] stores = [folder.Store(), folder.Store()];
        for (var round = 0; round < 50; round++)
        {
            folder.Plant("a.json", "{");
            var calls = Enumerable.Range(0, 8).Select(i => Task.Run(
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
                Cancel)).ToList();
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
        var errors = 0;
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
                Assert.False(System.IO.File.Exists(path));
            }
        }

        Assert.True(errors > 100);
        Assert.Equal(errors, folder.Names.Count(name => name.Contains("unreadable", StringComparison.Ordinal)));
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
