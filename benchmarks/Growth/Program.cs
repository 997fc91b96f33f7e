using Session.Benchmarks;
using Session.Benchmarks.Growth;

await GrowthRun.RunAsync(CommandLine.Parse<GrowthOptions>(args));
