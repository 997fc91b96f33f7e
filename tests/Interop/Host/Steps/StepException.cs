namespace ServerSessions.Interop.Host.Steps;

/// <summary>What the step <c>throw</c> throws.</summary>
internal sealed class StepException(string message) : Exception(message);
