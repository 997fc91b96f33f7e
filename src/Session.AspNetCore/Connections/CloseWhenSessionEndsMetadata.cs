namespace ServerSessions;

/// <summary>The metadata of an endpoint whose connections are closed when their session ends.</summary>
/// <param name="Name">The name of the sessions; empty for those without one.</param>
internal sealed record CloseWhenSessionEndsMetadata(string Name);
