using ServerSessions.Benchmarks;
using ServerSessions.Benchmarks.Growth;

return await CommandLine.RunAsync<GrowthOptions>(args, GrowthRun.RunAsync);
