using Microsoft.AspNetCore.Authentication;

namespace ServerSessions;

/// <summary>The cookie schemes whose tickets are kept on the server, as the application has named them.</summary>
internal sealed class TicketSchemes
{
    public List<TicketScheme> All { get; } = [];

    /// <summary>Returns what the application has asked for a scheme; <see langword="null"/> if nothing. The last call counts.</summary>
    public TicketScheme? Find(string? scheme, AuthenticationOptions authentication) =>
        All.LastOrDefault(candidate => candidate.NameIn(authentication) == scheme);

    /// <summary>Returns the scheme with which ASP.NET Core authenticates a request if none is named.</summary>
    public static string? DefaultOf(AuthenticationOptions authentication) =>
        authentication.DefaultAuthenticateScheme
        ?? authentication.DefaultScheme
        ?? (authentication.Schemes.ToArray() is [var only] ? only.Name : null);
}

/// <summary>A scheme whose tickets are kept on the server.</summary>
/// <param name="Name">The scheme; <see langword="null"/>: the default authenticate scheme.</param>
/// <param name="IsApart">Whether each ticket has a record of its own. Otherwise the session has it.</param>
/// <param name="Configure">Sets how the scheme uses the session.</param>
internal sealed record TicketScheme(string? Name, bool IsApart, Action<ServerSessionTicketOptions>? Configure)
{
    /// <summary>Returns how a scheme uses the session.</summary>
    public ServerSessionTicketOptions OptionsFor(string scheme)
    {
        var options = ServerSessionTicketOptions.For(scheme);
        Configure?.Invoke(options);
        return options;
    }

    /// <summary>Returns the scheme's name; <see langword="null"/> if there is no default one.</summary>
    public string? NameIn(AuthenticationOptions authentication) => Name ?? TicketSchemes.DefaultOf(authentication);
}
