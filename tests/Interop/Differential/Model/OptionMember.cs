namespace ServerSessions.Interop.Differential.Model;

/// <summary>A member of the options object, or of its <c>cookie</c>.</summary>
internal sealed record OptionMember(string Name, string Json, bool OfCookie = false);
