namespace ServerSessions.Stores.Testing.Relational;

/// <summary>The names of the table by default, which are those of a Node package.</summary>
public sealed record SessionTable(string Name, string Sid, string Payload, string Expires)
{
    /// <summary>The row of one session, as the end of a statement.</summary>
    public string Row(string sid) => $"WHERE {Sid} = '{sid}'";
}
