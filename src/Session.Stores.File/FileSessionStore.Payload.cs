using ServerSessions.Payload;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

/// <content>Converts payloads for storing and comparing.</content>
public sealed partial class FileSessionStore
{
    private (ReadOnlyMemory<byte> Payload, SessionDocument Document) ToStore(SessionStoreOperation operation, SessionRecord record)
    {
        if (record.Payload.Length > SessionFiles.MaxLength - Envelope)
        {
            throw _errors.TooLarge(operation, SessionFiles.MaxLength - Envelope);
        }

        try
        {
            var parsed = SessionFormat.ForStoring(record.Payload);

            // Also refuses a cookie that could not be read again.
            _expiry.ToLastAccess(default, parsed.Document);
            return parsed;
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(BackendName, operation);
        }
    }

    /// <summary>Returns the cookie of a touch; null if the payload is not a session, so that only the expiry changes.</summary>
    private ReadOnlyMemory<byte>? CookieOf(SessionRecord record)
    {
        try
        {
            var document = SessionDocument.Parse(record.Payload);
            _expiry.ToLastAccess(default, document);
            return document.CookieJson;
        }
        catch (SessionPayloadException)
        {
            return null;
        }
    }

    private static bool HasContent(StoredSession current, SessionRecord expected)
    {
        try
        {
            return current.Document.ContentEquals(SessionFormat.ForStoring(expected.Payload).Document);
        }
        catch (SessionPayloadException)
        {
            return false;
        }
    }
}
