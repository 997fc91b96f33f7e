using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Refuses, at start, options of users' sessions that would fail later.</summary>
internal sealed class UserSessionOptionsValidator : IValidateOptions<UserSessionOptions>
{
    private const int ShortestKey = 16;

    public ValidateOptionsResult Validate(string? name, UserSessionOptions options)
    {
        var failures = Check(options).ToList();
        return failures is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check(UserSessionOptions options)
    {
        if (options.MaxSessionsPerUser is < 1 or > UserSessionOptions.LargestMaxSessionsPerUser)
        {
            yield return $"UserSessionOptions.MaxSessionsPerUser must be from 1 to {UserSessionOptions.LargestMaxSessionsPerUser}.";
        }

        if (!Enum.IsDefined(options.WhenTooMany))
        {
            yield return "UserSessionOptions.WhenTooMany must be EndOldest or Refuse.";
        }

        if (!Enum.IsDefined(options.Address))
        {
            yield return "UserSessionOptions.Address must be None, Truncated or Full.";
        }

        if (options.Label is null)
        {
            yield return "UserSessionOptions.Label must not be null. For no labels, set a function that returns null.";
        }

        if (options.IndexKey is { Length: < ShortestKey })
        {
            yield return $"UserSessionOptions.IndexKey must have at least {ShortestKey} characters, or be null.";
        }
    }
}
