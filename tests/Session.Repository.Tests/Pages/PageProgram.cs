using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>
/// A whole program of a page, compiled and run in this process on a free loopback port. Its host is told by the event that every host
/// writes when it is built.
/// </summary>
internal sealed class PageProgram : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IAsyncDisposable
{
    private static readonly AsyncLocal<PageProgram?> Current = new();

    private readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _subscriptions = [];
    private Task _running = Task.CompletedTask;

    public Uri Address { get; private set; } = null!;

    /// <summary>Runs it until it listens.</summary>
    /// <exception cref="Exception">What the program has thrown at its start.</exception>
    public static async Task<PageProgram> StartAsync(CodeBlock block, params string[] arguments)
    {
        using var assembly = new MemoryStream();
        var emitted = new PageCompiler(block.Page).Next(block).Emit(assembly, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));

        var program = new PageProgram();
        lock (program._subscriptions)
        {
            program._subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(program));
        }

        var entry = Assembly.Load(assembly.ToArray()).EntryPoint!;
        string[] given = ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Error", .. arguments];
        program._running = Task.Factory.StartNew(
            () =>
            {
                Current.Value = program;
                entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [given], null);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            // A program that does not start ends, and its error is the one to see.
            await Task.WhenAny(program._running, program._built.Task);
            var host = program._built.Task.IsCompleted
                ? await program._built.Task
                : throw new InvalidOperationException($"{block} built no host.", program._running.Exception);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = host
                .Services.GetRequiredService<IHostApplicationLifetime>()
                .ApplicationStarted.Register(started.SetResult);
            if (await Task.WhenAny(program._running, started.Task) == program._running)
            {
                await program._running;
            }

            program.Address = new Uri(
                host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
            );
            return program;
        }
        catch
        {
            program.Unsubscribe();
            throw;
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
        {
            var subscription = value.Subscribe(this);
            lock (_subscriptions)
            {
                _subscriptions.Add(subscription);
            }
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == "HostBuilt" && Current.Value == this)
        {
            _built.TrySetResult((IHost)value.Value!);
        }
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public async ValueTask DisposeAsync()
    {
        Unsubscribe();
        var host = await _built.Task;
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _running;
    }

    private void Unsubscribe()
    {
        lock (_subscriptions)
        {
            _subscriptions.ForEach(static subscription => subscription.Dispose());
        }
    }
}
