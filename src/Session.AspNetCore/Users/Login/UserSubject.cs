using System.Diagnostics.CodeAnalysis;

namespace ServerSessions;

/// <summary>The text that names a user. The rules are those of a session id.</summary>
internal static class UserSubject
{
    public static bool IsValid([NotNullWhen(true)] string? subject) => Sid.IsValid(subject);

    /// <exception cref="ArgumentException">The text names no user.</exception>
    public static void ThrowIfInvalid(string? subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        if (!IsValid(subject))
        {
            throw new ArgumentException(
                $"The subject does not name a user: it must have 1 to {Sid.MaxLength} characters, be well-formed UTF-16 and contain no "
                    + "NUL.",
                nameof(subject)
            );
        }
    }
}
