namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>
/// Reads a file, writes it again beside itself and renames it: in this format the expiry lies in the file, so that a touch is a write too.
/// </summary>
internal sealed class RawFiles(string folder) : IRawStore
{
    private long _writes;

    public ValueTask CreateAsync(string sid, byte[] payload) => StoreAsync(sid, payload);

    public ValueTask<bool> ReadAsync(string sid) => WriteAsync(sid);

    public async ValueTask<bool> WriteAsync(string sid)
    {
        var payload = await File.ReadAllBytesAsync(Path.Combine(folder, sid));
        await StoreAsync(sid, payload);
        return payload.Length > 0;
    }

    private async ValueTask StoreAsync(string sid, byte[] payload)
    {
        var temporary = Path.Combine(folder, $"{Interlocked.Increment(ref _writes)}.tmp");
        await File.WriteAllBytesAsync(temporary, payload);
        File.Move(temporary, Path.Combine(folder, sid), overwrite: true);
    }
}
