using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Interop.Host;

try
{
    var arguments = HostArguments.Parse(args);
    await using var app = InteropApp.Create(arguments.Urls, arguments.Store, arguments.Options);
    await app.StartAsync();
    foreach (var address in app.Urls)
    {
        Console.WriteLine($"Now listening on: {address}");
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception refusal) when (refusal is BadArgumentException or SessionStoreException or OptionsValidationException)
{
    await Console.Error.WriteLineAsync(refusal.Message.ReplaceLineEndings(" "));
    return 2;
}
