namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>This project with its defaults, unless a run over a delay asks for another touch.</summary>
internal static class ThisProject
{
    public static Action<WebApplication> Prepare(IServiceCollection services, Backend backend, string place, SessionTouchOnRead touchOnRead)
    {
        var sessions = services.AddServerSessions(options =>
        {
            options.Secret = "a secret that only the benchmarks know";
            options.Cookie.MaxAge = TimeSpan.FromHours(1);
            options.TouchOnRead = touchOnRead;
        });
        _ = backend switch
        {
            Backend.Sqlite => sessions.AddSqliteStore($"Data Source={place}"),
            Backend.File => sessions.AddFileStore(place),
            Backend.Redis or Backend.Valkey => sessions.AddRedisStore(place, static options => options.Prefix = "this-project:"),
            Backend.MySql => sessions.AddMySqlStore(place),
            Backend.Postgres => sessions.AddPostgresStore(place),
            Backend.Mongo => sessions.AddMongoStore(place),
            _ => sessions.AddMemoryStore(),
        };
        return Map;
    }

    private static void Map(WebApplication app)
    {
        app.UseServerSessions();
        app.MapGet("/fill", static context =>
        {
            var session = context.GetServerSession();
            session.Set("n", 0);
            session.Set("data", Answer.Payload(context));
            return Answer.OkAsync(context);
        });
        app.MapGet("/read", static context =>
            context.GetServerSession().TryGet<int>("n", out _) ? Answer.OkAsync(context) : Answer.MissingAsync(context)
        );
        app.MapGet("/write", static context =>
        {
            var session = context.GetServerSession();
            if (!session.TryGet<int>("n", out var n))
            {
                return Answer.MissingAsync(context);
            }

            session.Set("n", n + 1);
            return Answer.OkAsync(context);
        });
    }
}
