#pragma warning disable CA1822 // An action is an instance method.
using Microsoft.AspNetCore.Mvc;

namespace ServerSessions.Tests.Named;

/// <summary>Actions that take sessions of several kinds.</summary>
[ApiController]
[Route("named-api")]
public sealed class NamedController : ControllerBase
{
    /// <summary>Counts in the admin's session, beside the visitor's.</summary>
    [HttpGet("count")]
    public string CountInBoth(ServerSession visitor, [FromServerSessions("admin")] ServerSession admin) =>
        $"{NamedApp.Count(visitor)} {NamedApp.Count(admin)}";
}
