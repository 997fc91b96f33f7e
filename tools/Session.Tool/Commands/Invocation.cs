using System.CommandLine;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary>One run of a command: its command line, its output, and the stores that it opens.</summary>
internal sealed class Invocation(ParseResult line, Surroundings around, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly List<OpenedStore> _stores = [];
    private Providers? _providers;
    private ProtectionKeys? _keys;

    public Report Report { get; } = CommonOptions.ReportOf(line, around);

    public Surroundings Around => around;

    public CancellationToken Token => cancellationToken;

    public T Get<T>(Option<T> option) => line.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => line.GetValue(argument)!;

    /// <summary>Returns the address of the store that the command works on.</summary>
    /// <param name="given">A URL or @FILE from an argument; <see langword="null"/>: <c>--store</c> or the variable.</param>
    public StoreAddress Address(string? given = null)
    {
        var address = StoreSource.Read(given ?? Get(CommonOptions.Store), around, Report);
        if (!Get(CommonOptions.PasswordStdin))
        {
            return address;
        }

        var password = around.In.ReadLine();
        return string.IsNullOrEmpty(password)
            ? throw new ToolException("--password-stdin found no password on standard input.")
            : address.WithPassword(password);
    }

    /// <summary>Opens the store that the command works on; during a move, both.</summary>
    public async Task<OpenedStore> OpenAsync()
    {
        var store = Create(Address(), warnings: Report);
        await store.OpenAsync(cancellationToken);
        return store;
    }

    /// <summary>Creates the store that the command works on without connecting it; during a move, both.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="warnings">Takes its warnings; <see langword="null"/>: they are not shown.</param>
    public OpenedStore Create(StoreAddress address, Report? warnings)
    {
        var store = Create(address, creates: false, warnings);
        if (Get(CommonOptions.MoveFrom) is { } from)
        {
            var old = StoreSource.Read(from, around, Report);
            return OpenedStore.Pair(Create(old, creates: false, warnings, CommonOptions.MoveFromOption), store);
        }

        return Get(CommonOptions.MoveFromOption) is { Length: > 0 }
            ? throw new ToolException("--move-from-option is an option of the store of --move-from. Write --move-from URL too.")
            : store;
    }

    /// <summary>Opens a store.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="creates">Whether it may create a missing table or folder.</param>
    /// <param name="options">Its options; <see langword="null"/> for those of <c>--option</c>.</param>
    public async Task<OpenedStore> OpenAsync(StoreAddress address, bool creates = false, Option<string[]>? options = null)
    {
        var store = Create(address, creates, Report, options);
        await store.OpenAsync(cancellationToken);
        return store;
    }

    /// <summary>Creates a store without connecting it.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="creates">Whether it may create a missing table or folder.</param>
    /// <param name="warnings">Takes its warnings; <see langword="null"/>: they are not shown.</param>
    /// <param name="options">Its options; <see langword="null"/> for those of <c>--option</c>.</param>
    public OpenedStore Create(StoreAddress address, bool creates, Report? warnings, Option<string[]>? options = null)
    {
        _providers ??= Providers.Load(Get(CommonOptions.Provider) ?? [], Report.Warning);
        _keys ??= ProtectionKeys.Read(Get(CommonOptions.ProtectionKey), around);
        var settings = new StoreSettings(Options(options ?? CommonOptions.Setting), Timeout(), creates);
        var store = OpenedStore.Create(address, _providers, settings, _keys, warnings);
        _stores.Add(store);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        _providers?.Dispose();
    }

    private TimeSpan Timeout() =>
        Get(CommonOptions.Timeout) is var seconds and >= 0.001 and <= 600
            ? TimeSpan.FromSeconds(seconds)
            : throw new ToolException("--timeout must be 0.001 to 600 seconds.");

    private Dictionary<string, string?> Options(Option<string[]> given)
    {
        var options = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in Get(given) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ToolException($"{given.Name} must be NAME=VALUE, such as TableName=user_sessions.");
            }

            options[text[..equals]] = text[(equals + 1)..];
        }

        return options;
    }
}
