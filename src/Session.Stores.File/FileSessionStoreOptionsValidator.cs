using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.File;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class FileSessionStoreOptionsValidator : IValidateOptions<FileSessionStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, FileSessionStoreOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        void Require(bool condition, string property, string rule)
        {
            if (!condition)
            {
                builder.AddError($"The file session store's {property} must be {rule}.");
            }
        }

        Require(
            !string.IsNullOrWhiteSpace(options.Path) && !options.Path.Contains('\0'),
            nameof(options.Path),
            "the path of a folder, without NUL"
        );
        if (Problem(PathText.WithoutLineBreak(options.Path ?? "")) is { } problem)
        {
            builder.AddError($"The file session store's {nameof(options.Path)} {problem}");
        }

        Require(options.DefaultLifetime > TimeSpan.Zero, nameof(options.DefaultLifetime), "more than zero");
        Require(
            options.OperationTimeout >= TimeSpan.FromMilliseconds(1) && options.OperationTimeout <= TimeSpan.FromMinutes(10),
            nameof(options.OperationTimeout),
            "from 1 millisecond to 10 minutes"
        );
        Require(
            options.PruneInterval == Timeout.InfiniteTimeSpan
                || (options.PruneInterval >= TimeSpan.FromSeconds(1) && options.PruneInterval <= TimeSpan.FromDays(30)),
            nameof(options.PruneInterval),
            "from 1 second to 30 days, or Timeout.InfiniteTimeSpan for never"
        );
        return builder.Build();
    }

    private static string? Problem(string path)
    {
        if (PathText.Problem(path) is { } problem)
        {
            return problem;
        }

        try
        {
            _ = path.Length == 0 || path.Contains('\0') ? null : Path.GetFullPath(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "is a relative path, and there is no current folder. Give an absolute path.";
        }
    }
}
