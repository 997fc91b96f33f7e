using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.File;

/// <summary>Validates the options and reports all errors at once.</summary>
internal sealed class FileSessionStoreOptionsValidator : IValidateOptions<FileSessionStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, FileSessionStoreOptions options)
    {
        var rules = new StoreOptionsRules(FileSessionStore.BackendName).Require(
            !string.IsNullOrWhiteSpace(options.Path) && !options.Path.Contains('\0'),
            nameof(options.Path),
            "the path of a folder, without NUL"
        );
        if (Problem(PathText.WithoutLineBreak(options.Path ?? "")) is { } problem)
        {
            rules.Refuse(nameof(options.Path), problem);
        }

        return rules
            .DefaultLifetime(options.DefaultLifetime)
            .OperationTimeout(options.OperationTimeout)
            .PruneInterval(options.PruneInterval)
            .Result();
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
