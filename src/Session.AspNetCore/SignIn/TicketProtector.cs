using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;

namespace ServerSessions;

/// <summary>
/// Converts between a ticket and its text at rest, encrypted with Data Protection. The key of the ticket is inside. So a copy of the text
/// in another session, or in another record, is no ticket.
/// </summary>
internal sealed class TicketProtector(IDataProtectionProvider provider, string scheme)
{
    private const string KeyItem = ".server_session_key";

    // 192 bits, as session ids have.
    private const int KeyBytes = 24;

    private readonly TicketDataFormat _format = new(provider.CreateProtector("ServerSessions.Ticket", scheme, "v1"));

    public static string NewKey()
    {
        Span<byte> random = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>Returns the text of a ticket, without the objects in its <see cref="AuthenticationProperties.Parameters"/>.</summary>
    public string Protect(string key, AuthenticationTicket ticket)
    {
        var items = new Dictionary<string, string?>(ticket.Properties.Items, StringComparer.Ordinal) { [KeyItem] = key };
        return _format.Protect(new AuthenticationTicket(ticket.Principal, new AuthenticationProperties(items), scheme));
    }

    /// <summary>Returns the ticket of a text; <see langword="null"/> if the text was not made by this class.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key of the ticket.</param>
    public AuthenticationTicket? Unprotect(string text, out string? key)
    {
        key = null;
        var ticket = _format.Unprotect(text);
        return ticket?.Properties.Items.Remove(KeyItem, out key) == true ? ticket : null;
    }

    /// <summary>Returns the ticket of a text if it has the key; otherwise <see langword="null"/>.</summary>
    public AuthenticationTicket? Unprotect(string text, string key) =>
        Unprotect(text, out string? itsKey) is { } ticket && itsKey == key ? ticket : null;

    /// <summary>Whether two tickets have the same claims, so that they differ in their times at most.</summary>
    public static bool HasSameClaims(AuthenticationTicket one, AuthenticationTicket other) =>
        BytesOf(one).AsSpan().SequenceEqual(BytesOf(other));

    private static byte[] BytesOf(AuthenticationTicket ticket) =>
        TicketSerializer.Default.Serialize(new AuthenticationTicket(ticket.Principal, null, ticket.AuthenticationScheme));
}
