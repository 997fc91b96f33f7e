using Microsoft.Extensions.Options;

namespace ServerSessions.Stores;

/// <summary>Reports every fault of the options of a move at once.</summary>
internal sealed class SessionMoveOptionsValidator : IValidateOptions<SessionMoveOptions>
{
    private const int MostSessionsPerSecond = 100_000;

    public ValidateOptionsResult Validate(string? name, SessionMoveOptions options) =>
        new StoreOptionsRules("moving")
            .Require(Enum.IsDefined(options.Mode), nameof(options.Mode), $"one of {string.Join(", ", Enum.GetNames<SessionMoveMode>())}")
            .Require(
                options.SessionsPerSecond is >= 1 and <= MostSessionsPerSecond,
                nameof(options.SessionsPerSecond),
                "1 to 100,000"
            )
            .Result();
}
