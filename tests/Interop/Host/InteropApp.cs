using Microsoft.AspNetCore.HttpOverrides;
using ServerSessions.Interop.Host.Options;
using ServerSessions.Interop.Host.Steps;
using ServerSessions.Interop.Host.Watching;

namespace ServerSessions.Interop.Host;

/// <summary>The application: the store's endpoints outside the session middleware, programs of steps behind it.</summary>
public static class InteropApp
{
    /// <summary>Makes the application; it does not listen yet.</summary>
    /// <param name="urls">Where it will listen; port 0 is any free one.</param>
    /// <param name="store">The value of <c>--store</c>.</param>
    /// <param name="optionsJson">express-session's options object.</param>
    /// <exception cref="BadArgumentException">Store or options are unusable.</exception>
    public static WebApplication Create(string urls, string store, string optionsJson) =>
        Create(urls, builder => Stores.AddTo(builder, store), optionsJson);

    /// <summary>As <see cref="Create(string, string, string)"/>, with a store that no URL names.</summary>
    /// <param name="urls">Where it will listen; port 0 is any free one.</param>
    /// <param name="addStore">Registers the store.</param>
    /// <param name="optionsJson">express-session's options object.</param>
    /// <exception cref="BadArgumentException">The options are unusable.</exception>
    public static WebApplication Create(string urls, Action<IServerSessionBuilder> addStore, string optionsJson)
    {
        var options = ExpressOptions.Parse(optionsJson);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Interop" });
        builder.WebHost.UseKestrelCore().UseUrls(urls).ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        addStore(builder.Services.AddServerSessions(options.ApplyTo));
        builder.Services.AddSingleton<StoreWatch>();
        builder.Services.AddSingleton(options);
        builder
            .Services.AddOptions<ServerSessionOptions>()
            .Configure<ISessionStore, StoreWatch>(
                (sessions, registered, watch) => sessions.Store = WatchedStore.Wrap(registered, watch, options.StoreCanTouch)
            );

        var app = builder.Build();
        if (options.TrustsProxy)
        {
            app.UseForwardedHeaders(
                new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto, ForwardLimit = null }
            );
        }

        app.Use(Errors.AnswerAsync);
        app.Use(WatchEndpoints.AnswerAsync);
        app.Use(StoreEndpoints.AnswerAsync);
        app.UseServerSessions();
        app.Use(
            (context, next) =>
            {
                if (context.FindServerSession() is { IsNew: true } session)
                {
                    options.SpellCookie(context, session);
                }

                return next(context);
            }
        );
        app.Run(StepsEndpoint.AnswerAsync);
        return app;
    }
}
