using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Running;

/// <summary>Runs a program through both hosts of a pair, request by request.</summary>
internal static class ProgramRunner
{
    /// <returns>What express-session did, and what this project did.</returns>
    public static async Task<(Outcome Express, Outcome Project)> RunAsync(InteropProgram program, HostPair hosts)
    {
        var cookies = new CookieWriter(program.OptionsJson);
        var express = RunAsync(program, new Client(hosts.Http, hosts.Express, cookies));
        var project = RunAsync(program, new Client(hosts.Http, hosts.Project, cookies));
        return (await express, await project);
    }

    private static async Task<Outcome> RunAsync(InteropProgram program, Client client)
    {
        await client.ClearStoreAsync();
        var outcome = new Outcome();
        var start = TimeProvider.System.GetTimestamp();
        foreach (var request in program.Requests)
        {
            outcome.Exchanges.Add(await client.SendAsync(request));
            if (request.WritesEarly)
            {
                // Without a body the response is whole with its headers, and with an error it is cut: the host still works on the request.
                await client.TakeStoreCallsAsync();
            }

            outcome.Stored.Add(await client.ListStoreAsync());
        }

        outcome.Elapsed = TimeProvider.System.GetElapsedTime(start);
        return outcome;
    }
}
