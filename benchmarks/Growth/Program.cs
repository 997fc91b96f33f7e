using ServerSessions.Benchmarks;
using ServerSessions.Benchmarks.Growth;

await GrowthRun.RunAsync(CommandLine.Parse<GrowthOptions>(args));
