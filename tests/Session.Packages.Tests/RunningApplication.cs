using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace ServerSessions.Packages.Tests;

/// <summary>A reader's application, built and started on a free loopback port, and a browser's cookies.</summary>
internal sealed class RunningApplication : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly HttpClient _http;

    private RunningApplication(Process process, Uri address, CookieContainer cookies)
    {
        _process = process;
        Cookies = cookies;
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, UseProxy = false }) { BaseAddress = address };
    }

    public CookieContainer Cookies { get; }

    /// <summary>The secret of all applications here, given as the pages say: in the environment.</summary>
    private static string Secret { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Builds an application and starts it.</summary>
    public static async Task<RunningApplication> StartAsync(
        EmptyFolder reader,
        string folder,
        CookieContainer? cookies = null,
        string? store = null
    )
    {
        await reader.RunAsync("dotnet build -c Release", folder);
        return await StartAgainAsync(reader, folder, cookies, store);
    }

    /// <summary>Starts an application that is built.</summary>
    public static Task<RunningApplication> StartAgainAsync(
        EmptyFolder reader,
        string folder,
        CookieContainer? cookies,
        string? store = null
    ) => StartAsync("dotnet", [Assembly(folder)], Path.Combine(reader.Path, folder), cookies, store);

    /// <summary>Starts an application that is built, as a developer would: with the settings that it has for development.</summary>
    public static Task<RunningApplication> StartBuiltAsync(EmptyFolder reader, string folder) =>
        StartAsync(
            "dotnet",
            [Assembly(folder)],
            Path.Combine(reader.Path, folder),
            new CookieContainer(),
            new Dictionary<string, string?> { ["ASPNETCORE_ENVIRONMENT"] = "Development" }
        );

    /// <summary>Starts a program that is an application.</summary>
    public static Task<RunningApplication> StartAsync(
        string program,
        IReadOnlyList<string> arguments,
        string folder,
        CookieContainer? cookies = null,
        string? store = null
    )
    {
        var environment = new Dictionary<string, string?> { ["ServerSessions__Secret"] = Secret };
        if (store is not null)
        {
            environment["ServerSessions__Store"] = store;
        }

        return StartAsync(program, arguments, folder, cookies ?? new CookieContainer(), environment);
    }

    private static string Assembly(string folder) => Path.Combine("bin", "Release", "net10.0", folder + ".dll");

    private static async Task<RunningApplication> StartAsync(
        string program,
        IReadOnlyList<string> arguments,
        string folder,
        CookieContainer cookies,
        Dictionary<string, string?> environment
    )
    {
        var start = new ProcessStartInfo(program, [.. arguments, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var output = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            output.Add(line);
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0)
            {
                // Read on, so that the pipe never fills.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new RunningApplication(process, new Uri(line[(at + Listening.Length)..]), cookies);
            }
        }

        throw new InvalidOperationException($"The application did not start.\n{string.Join('\n', output)}");
    }

    public async Task<string> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> PostAsync(string path)
    {
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
