using System.Net;
using System.Net.Sockets;

namespace ServerSessions;

/// <summary>Shortens a client's address to what may be kept.</summary>
internal static class ClientAddress
{
    private const int NetworkBytesOfIPv4 = 3;
    private const int NetworkBytesOfIPv6 = 6;

    public static string? Of(IPAddress? address, UserSessionAddress kept)
    {
        if (address is null || kept == UserSessionAddress.None)
        {
            return null;
        }

        // Behind a dual-mode socket an IPv4 client has a mapped address.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (kept == UserSessionAddress.Full ? new IPAddress(plain.GetAddressBytes()) : Network(plain)).ToString();
    }

    private static IPAddress Network(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(address.AddressFamily == AddressFamily.InterNetwork ? NetworkBytesOfIPv4 : NetworkBytesOfIPv6).Clear();
        return new IPAddress(bytes);
    }
}
