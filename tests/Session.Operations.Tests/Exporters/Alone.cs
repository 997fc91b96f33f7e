namespace ServerSessions.Operations.Tests.Exporters;

/// <summary>
/// Tests that run while no other one does. The SDK takes meters of one name for one meter: once an application of another test is disposed,
/// it exports no more of what that application's instruments have measured first.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
