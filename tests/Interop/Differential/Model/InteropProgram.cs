using System.Text;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Model;

/// <summary>A program: the options of a host, and the requests that are sent to it one after the other.</summary>
internal sealed record InteropProgram(IReadOnlyList<OptionMember> Options, IReadOnlyList<ProgramRequest> Requests)
{
    /// <summary>Ids that the hosts count are the same on both; random ones are matched in the order of their appearance.</summary>
    public bool HasEqualSids => Options.Any(static option => option.Name == "genidPrefix");

    /// <summary>express-session's options object.</summary>
    public string OptionsJson
    {
        get
        {
            var plain = Options.Where(static option => !option.OfCookie).Select(static option => $"\"{option.Name}\":{option.Json}");
            var cookie = Options
                .Where(static option => option.OfCookie)
                .Select(static option => $"\"{option.Name}\":{option.Json}")
                .ToList();
            return "{" + string.Join(',', cookie.Count == 0 ? plain : plain.Append($"\"cookie\":{{{string.Join(',', cookie)}}}")) + "}";
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder("options ").AppendLine(OptionsJson);
        foreach (var request in Requests)
        {
            text.Append("  ").AppendLine(request.ToString());
        }

        return text.ToString();
    }
}
