using System.Security.Cryptography;

namespace Demo;

/// <summary>
/// The secret if the configuration has none. In development it is in a file beside the demo, so that sessions survive a restart.
/// </summary>
internal static class DemoSecret
{
    /// <exception cref="InvalidOperationException">This is not development: a secret that no one has chosen signs no cookies.</exception>
    public static string For(IHostEnvironment environment) =>
        environment.IsDevelopment()
            ? ReadOrCreate(environment.ContentRootPath)
            : throw new InvalidOperationException(
                $"The demo has no secret to sign session ids, and creates one in development alone; this is {environment.EnvironmentName}. "
                    + "Set the environment variable ServerSessions__Secret to the output of `openssl rand -base64 32`."
            );

    private static string ReadOrCreate(string folder)
    {
        var file = Path.Combine(folder, "demo-secret");
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, options);
            writer.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        }

        return File.ReadAllText(file);
    }
}
