using System.Security.Cryptography;

namespace Demo;

/// <summary>Where the sessions are and what signs their ids.</summary>
internal sealed record DemoSettings(string DatabaseFile, string Secret)
{
    private const string SqliteScheme = "sqlite:";

    public static DemoSettings From(IConfiguration configuration, string folder)
    {
        var store = configuration["store"] ?? SqliteScheme + Path.Combine(folder, "sessions.db");
        if (!store.StartsWith(SqliteScheme, StringComparison.Ordinal) || store.Length == SqliteScheme.Length)
        {
            Console.Error.WriteLine("The demo keeps sessions in SQLite: --store sqlite:FILE");
            Environment.Exit(2);
        }

        return new DemoSettings(store[SqliteScheme.Length..], configuration["secret"] ?? ReadOrCreateSecret(Path.Combine(folder, "demo-secret")));
    }

    /// <summary>A secret of this copy of the demo, so that sessions survive a restart and nobody else can sign them.</summary>
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
