using ServerSessions.Payload;
using ServerSessions.Stores.File.Engine;

namespace ServerSessions.Stores.File;

/// <content>What is stored of a payload, and what is compared with it.</content>
public sealed partial class FileSessionStore
{
    private (ReadOnlyMemory<byte> Payload, SessionDocument Document) ToStore(SessionStoreOperation operation, SessionRecord record)
    {
        if (record.Payload.Length > SessionFiles.MaxLength - Envelope)
        {
            throw _failures.TooLarge(operation, SessionFiles.MaxLength - Envelope);
        }

        try
        {
            var parsed = SessionFormat.ForStoring(record.Payload);

            // A cookie that could not be read again is refused too.
            _expiry.ToLastAccess(default, parsed.Document);
            return parsed;
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(BackendName, operation);
        }
    }

    /// <summary>The cookie that a touch brings; none where the payload is no session, and then the touch moves the expiry only.</summary>
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
