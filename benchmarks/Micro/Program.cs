using BenchmarkDotNet.Running;
using ServerSessions.Benchmarks;
using ServerSessions.Benchmarks.Micro;

// BenchmarkDotNet's own arguments, and --page: the figures become docs/performance-micro.md.
Machine.NoteLoad();
var summaries = BenchmarkSwitcher
    .FromTypes([typeof(CookieBenchmarks), typeof(RecordBenchmarks), typeof(ValueBenchmarks), typeof(RequestBenchmarks)])
    .Run([.. args.Where(static argument => argument != "--page")]);
if (args.Contains("--page"))
{
    MicroPage.Write(summaries);
}
