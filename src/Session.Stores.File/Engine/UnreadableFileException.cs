using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Engine;

/// <summary>Under the name of a session lies something that is no session. Never leaves this package.</summary>
/// <param name="reason">Why, without a word of its content.</param>
/// <param name="cause">What the reader of payloads said, where it came to that.</param>
/// <param name="isJson">Whether Node reads JSON there. Such a file belongs to an application, and is not set aside.</param>
internal sealed class UnreadableFileException(string reason, SessionPayloadException? cause = null, bool isJson = false)
    : Exception(reason, cause)
{
    public bool IsJson => isJson;
}
