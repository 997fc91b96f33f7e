namespace ServerSessions.Tool.Opening;

/// <summary>Reads a file that the command line names with <c>@</c>.</summary>
internal static class SecretFile
{
    /// <param name="path">The path.</param>
    /// <param name="what">What it holds, for the message.</param>
    /// <exception cref="ToolException">The file cannot be read.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToolException($"The file {path} with the {what} cannot be read: {error.Message}", innerException: error);
        }
    }
}
