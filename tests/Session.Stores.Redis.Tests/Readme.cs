namespace ServerSessions.Stores.Redis.Tests;

/// <summary>What the package's README says and a test does.</summary>
internal static class Readme
{
    /// <summary>The command that makes a user with just the rights that the store needs.</summary>
    public static string AclRule =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "README.md"))
            .Single(line => line.StartsWith("ACL SETUSER sessions ", StringComparison.Ordinal));
}
