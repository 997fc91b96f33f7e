using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Statements;

/// <summary>A file with a session's name is not a session. Never leaves this package.</summary>
/// <param name="reason">The reason, without any content of the file.</param>
/// <param name="cause">The error of the payload reader, if it was reached.</param>
/// <param name="isJson">Whether Node reads the file as JSON. Such a file belongs to an application and is not set aside.</param>
internal sealed class UnreadableFileException(string reason, SessionPayloadException? cause = null, bool isJson = false)
    : Exception(reason, cause)
{
    public bool IsJson => isJson;
}
