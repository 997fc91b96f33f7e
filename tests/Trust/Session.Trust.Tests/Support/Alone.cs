namespace ServerSessions.Trust.Tests.Support;

/// <summary>Tests that measure the process they run in: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
