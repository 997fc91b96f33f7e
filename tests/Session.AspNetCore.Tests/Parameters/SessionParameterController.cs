#pragma warning disable CA1822 // An action is an instance method.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace ServerSessions.Tests.Parameters;

/// <summary>Actions of an API that take the session.</summary>
[ApiController]
[Route("api")]
public sealed class SessionParameterController : ControllerBase
{
    /// <summary>Beside a body, which is the only one.</summary>
    [HttpPost("parameter")]
    public string Parameter(ServerSession session, Note note)
    {
        session.Set("note", note.Text);
        return $"{session.Get<string>("user")} notes {note.Text}";
    }

    /// <summary>Reads the note.</summary>
    [HttpGet("note")]
    public string? Note(ServerSession session) => session.Get<string>("note");

    /// <summary>With the attribute of services.</summary>
    [HttpGet("from-services")]
    public string FromServices([FromServices] ServerSession session) => session.Get<string>("user") ?? "nobody";

    /// <summary>If there is one.</summary>
    [HttpGet("optional")]
    [DisableServerSession]
    public string Optional(ServerSession? session) => session is null ? "no session" : "a session";

    /// <summary>Where there is none.</summary>
    [HttpGet("insists")]
    [DisableServerSession]
    public string Insists(ServerSession session) => $"{session.Count}";

    /// <summary>Whether the model is valid.</summary>
    [HttpGet("valid")]
    public string Valid(ServerSession session) => $"{ModelState.IsValid} {ModelState.Count} {session.Count}";
}

/// <summary>A body.</summary>
public sealed record Note(string Text);
