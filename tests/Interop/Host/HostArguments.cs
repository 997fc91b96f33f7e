namespace ServerSessions.Interop.Host;

/// <summary>The command line: <c>--urls URL --store STORE --options JSON</c>, each once, in any order.</summary>
public sealed record HostArguments(string Urls, string Store, string Options)
{
    private const string Usage = "Usage: Session.Interop.Host --urls http://127.0.0.1:PORT --store STORE --options JSON";

    public static HostArguments Parse(string[] args)
    {
        string? urls = null,
            store = null,
            options = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new BadArgumentException($"{args[i]} has no value. {Usage}");
            switch (args[i])
            {
                case "--urls":
                    urls = value;
                    break;
                case "--store":
                    store = value;
                    break;
                case "--options":
                    options = value;
                    break;
                default:
                    throw new BadArgumentException($"Unknown argument {args[i]}. {Usage}");
            }
        }

        if (urls is null || store is null || options is null)
        {
            throw new BadArgumentException($"--urls, --store and --options are all needed. {Usage}");
        }

        return Uri.TryCreate(urls, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp
            ? new HostArguments(urls, store, options)
            : throw new BadArgumentException($"--urls is no http URL. {Usage}");
    }
}
