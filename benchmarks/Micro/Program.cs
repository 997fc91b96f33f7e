using BenchmarkDotNet.Running;
using Session.Benchmarks.Micro;

BenchmarkSwitcher.FromTypes([typeof(CookieBenchmarks), typeof(RecordBenchmarks), typeof(RequestBenchmarks)]).Run(args);
