using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Trust.Host;

/// <summary>
/// An application as users register it, the store included, that says how much it holds whenever it is asked and is stopped while requests
/// come in. What it warns of goes to the error output. No <see cref="LeakCollector"/>: that one remembers every id there ever was.
/// </summary>
public static class SoakHost
{
    /// <summary>What makes the program one; the place follows.</summary>
    public const string Argument = "soak";

    /// <summary>Has it say its <see cref="Vitals"/>.</summary>
    public const string Measure = "measure";

    /// <summary>
    /// Has it stop: it says <see cref="Drained"/>, closes everything, says <see cref="Closed"/> and its <see cref="Vitals"/>, sockets and
    /// timers beyond those of the process before, and ends.
    /// </summary>
    public const string Stop = "stop";

    /// <summary>What it says when all requests get a response and no more are taken.</summary>
    public const string Drained = "drained";

    /// <summary>What it says when the application and its store are disposed.</summary>
    public const string Closed = "closed";

    /// <summary>Counts in the session of the caller; the response is the count.</summary>
    public const string Count = "/count";

    /// <summary>The same under a new id.</summary>
    public const string Renew = "/renew";

    /// <summary>Ends the session.</summary>
    public const string End = "/end";

    /// <summary>Says the count and writes nothing; "0" if there is no session.</summary>
    public const string Look = "/look";

    /// <summary>Leaves a session behind that lives for <see cref="VisitLife"/>, as a health check does that has no cookie jar.</summary>
    public const string Visit = "/visit";

    /// <summary>The key of the count.</summary>
    public const string CountKey = "n";

    /// <summary>How long the session of a <see cref="Visit"/> lives.</summary>
    public static readonly TimeSpan VisitLife = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PruneInterval = TimeSpan.FromSeconds(1);

    // MongoDB's driver leaves the timer of its next heartbeat, which is 10 seconds away at most, to fire once more.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs it until it is told to stop, or its orders end.</summary>
    public static async Task RunAsync(StorePlace place, TextReader orders, TextWriter answers)
    {
        // Some drivers start a timer for the whole process with their first connection, and keep it.
        var first = place.Open();
        await first.GetAsync("a-session-that-nobody-has");
        await StorePlace.CloseAsync(first);
        var idle = await VitalsAsync(atMostTimers: 0, Pause);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder
            .Logging.SetMinimumLevel(LogLevel.Warning)
            .AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        Add(
            builder.Services.AddServerSessions(static session =>
            {
                session.Secret = LeakCollector.Secret;
                session.OperationTimeout = TimeSpan.FromMinutes(1);
                session.Cookie.MaxAge = TimeSpan.FromMinutes(10);
            }),
            place
        );
        var app = builder.Build();
        app.UseServerSessions();
        app.Run(HandleAsync);
        await app.StartAsync();
        await answers.WriteLineAsync(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        );

        while (await orders.ReadLineAsync() is Measure)
        {
            await answers.WriteLineAsync(Vitals.Now().ToLine());
        }

        await app.StopAsync();
        await answers.WriteLineAsync(Drained);
        await app.DisposeAsync();
        await answers.WriteLineAsync(Closed);
        var left = await VitalsAsync(idle.Timers, Settling);
        await answers.WriteLineAsync((left with { Timers = left.Timers - idle.Timers, Sockets = left.Sockets - idle.Sockets }).ToLine());
    }

    /// <summary>Those with the fewest timers within a time: some end a moment after who started them.</summary>
    private static async Task<Vitals> VitalsAsync(long atMostTimers, TimeSpan within)
    {
        var began = Stopwatch.GetTimestamp();
        var fewest = Vitals.Now();
        while (fewest.Timers > atMostTimers && Stopwatch.GetElapsedTime(began) < within)
        {
            await Task.Delay(Pause / 20);
            var now = Vitals.Now();
            fewest = now.Timers < fewest.Timers ? now : fewest;
        }

        return fewest;
    }

    private static IServerSessionBuilder Add(IServerSessionBuilder sessions, StorePlace place) =>
        place.Backend switch
        {
            "memory" => sessions.AddMemoryStore(static options => options.PruneInterval = PruneInterval),
            "sqlite" => sessions.AddSqliteStore(place.Connection, options =>
                (options.PruneInterval, options.OperationTimeout) = (PruneInterval, place.OperationTimeout)
            ),
            "file" => sessions.AddFileStore(place.Connection, options =>
                (options.PruneInterval, options.OperationTimeout) = (PruneInterval, place.OperationTimeout)
            ),
            "redis" => sessions.AddRedisStore(place.Connection, options =>
                (options.Prefix, options.OperationTimeout) = (place.Name, place.OperationTimeout)
            ),
            "postgres" => sessions.AddPostgresStore(place.PooledConnection, options =>
                (options.PruneInterval, options.OperationTimeout) = (PruneInterval, place.OperationTimeout)
            ),
            "mysql" => sessions.AddMySqlStore(place.PooledConnection, options =>
                (options.PruneInterval, options.OperationTimeout) = (PruneInterval, place.OperationTimeout)
            ),
            "mongo" => sessions.AddMongoStore(place.Connection, options =>
                (options.DatabaseName, options.PruneInterval, options.OperationTimeout) = (
                    place.Name,
                    PruneInterval,
                    place.OperationTimeout
                )
            ),
            _ => throw new ArgumentException($"There is no backend '{place.Backend}'."),
        };

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        var count = session.Get<int>(CountKey);
        switch (context.Request.Path.Value)
        {
            case Count:
                session.Set(CountKey, ++count);
                break;
            case Renew:
                await session.RenewIdAsync();
                session.Set(CountKey, ++count);
                break;
            case Visit:
                session.Cookie.MaxAge = VisitLife;
                session.Set(CountKey, ++count);
                break;
            case End:
                await session.DestroyAsync();
                break;
            case Look:
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }

        await context.Response.WriteAsync(count.ToString(CultureInfo.InvariantCulture));
    }
}
