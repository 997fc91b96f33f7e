using Microsoft.AspNetCore.Antiforgery;
using ServerSessions;
using ServerSessions.Testing;

namespace Demo;

/// <summary>
/// Takes the store away and brings it back, to show what visitors then get. Not for production, because any visitor could do it to all
/// others: Program.cs adds it in development alone. Elsewhere sessions use the store itself, and the endpoints do not exist.
/// </summary>
internal sealed class StoreSwitch(ISessionStore store)
{
    private readonly Lock _turn = new();
    private volatile bool _isAway;

    public FaultySessionStore Store { get; } = FaultySessionStore.Over(store);

    public bool IsAway => _isAway;

    public void Set(bool isAway)
    {
        lock (_turn)
        {
            _isAway = isAway;
            if (isAway)
            {
                Store.Disconnect();
            }
            else
            {
                Store.Connect();
            }
        }
    }
}

internal static class StoreSwitchExtensions
{
    /// <summary>Has sessions use the registered store by way of the switch.</summary>
    public static void AddStoreSwitch(this IServiceCollection services)
    {
        services.AddSingleton<StoreSwitch>();
        services.AddOptions<ServerSessionOptions>().Configure<StoreSwitch>(static (options, @switch) => options.Store = @switch.Store);
    }

    /// <summary>
    /// Maps the two positions of the switch. They have no session, so they work while the store is away. <c>CrossSite</c> does not apply
    /// to an endpoint without a session, so their forms have an antiforgery token.
    /// </summary>
    public static void MapStoreSwitch(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/store/away", TurnTo(isAway: true)).DisableServerSession();
        endpoints.MapPost("/store/back", TurnTo(isAway: false)).DisableServerSession();
    }

    private static Func<HttpContext, StoreSwitch, IAntiforgery, Task<IResult>> TurnTo(bool isAway) =>
        async (context, @switch, antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
            {
                return Results.StatusCode(StatusCodes.Status403Forbidden);
            }

            @switch.Set(isAway);
            return Results.LocalRedirect("/store");
        };
}
