using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;

namespace ServerSessions.Tests.Endpoints;

/// <summary>Actions whose class and methods say how they use the session.</summary>
[RequireServerSession]
public sealed class EndpointController : ControllerBase
{
    /// <summary>By its class.</summary>
    [HttpGet("/mvc")]
    public string? Required() => HttpContext.GetServerSession().Get<string>("user");

    /// <summary>The action overrides the class.</summary>
    [HttpGet("/mvc/disabled")]
    [DisableServerSession]
    public string Disabled() => HttpContext.FindServerSession() is null ? "no session" : "a session";

    /// <summary>The action overrides the class.</summary>
    [HttpGet("/mvc/enabled")]
    [EnableServerSession]
    public string Enabled() => HttpContext.GetServerSession().Get<string>("user") ?? "nobody";

    /// <summary>Together with what the class says.</summary>
    [HttpGet("/mvc/read-only")]
    [ReadOnlyServerSession]
    [DoNotExtendServerSession]
    public string? ReadOnly() => HttpContext.GetServerSession().Get<string>("user");
}

/// <summary>A hub without a session.</summary>
[DisableServerSession]
internal sealed class DisabledHub : Hub;
