using Microsoft.AspNetCore.Http.Connections;

namespace ServerSessions.SignalR.Tests.Support;

/// <summary>The transports of SignalR, as data of a theory.</summary>
internal sealed class Transports : TheoryData<HttpTransportType>
{
    public Transports()
    {
        Add(HttpTransportType.WebSockets);
        Add(HttpTransportType.ServerSentEvents);
        Add(HttpTransportType.LongPolling);
    }
}
