namespace ServerSessions;

public sealed partial class ServerSession
{
    /// <summary>Returns the ticket of a scheme; <see langword="null"/> if there is none.</summary>
    internal string? FindTicket(string scheme) => SessionTickets.Find(Live.Document, scheme);
}
