using System.Security.Cryptography;

namespace Demo;

/// <summary>The URL of the store (see AddStoreFromUrl) and the secret that signs session ids.</summary>
internal sealed record DemoSettings(string Store, string Secret)
{
    public static DemoSettings From(IConfiguration configuration, string folder) =>
        new(
            configuration["store"] ?? "sqlite:" + Path.Combine(folder, "sessions.db"),
            configuration["secret"] ?? ReadOrCreateSecret(Path.Combine(folder, "demo-secret"))
        );

    /// <summary>Reads the secret of this copy of the demo, or creates it. Sessions survive a restart.</summary>
    private static string ReadOrCreateSecret(string file)
    {
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
