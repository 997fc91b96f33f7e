using Microsoft.AspNetCore.Http;

namespace Session.Trust.Tests.Faults;

/// <summary>Something that requests do with their session, and what is at rest before and after it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="RunAsync">
/// The application. The session of who asks has the key <c>owner</c> and no other. What it is given last adds the key <c>rival</c>, as another request would.
/// </param>
/// <param name="After">The keys of the session that the client has when it was told that all went well; null: it has none.</param>
internal sealed record FaultScenario(string Name, Func<ServerSession, HttpContext, Func<Task>, Task> RunAsync, string? After)
{
    /// <summary>The keys before.</summary>
    public const string Before = "owner";

    /// <summary>What may be at rest as well where the request failed: it stores more than once.</summary>
    public string? Midway { get; init; }

    /// <summary>Whether the request comes without a session.</summary>
    public bool BeginsOne { get; init; }

    /// <summary>Whether nothing is at rest under the old id afterwards.</summary>
    public bool EndsOldId { get; init; }

    /// <summary>Whether the session is stored under a new id before it leaves the old one, so that a failure may leave a copy that nobody was told of.</summary>
    public bool MayLeaveCopy { get; init; }

    /// <summary>Whether it is about a key of somebody else, which only a store that compares keeps.</summary>
    public bool NeedsMerge { get; init; }

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("read", static (session, context, _) => context.Response.WriteAsync(session.Get<string>("owner")!), Before),
        new("touch", static (session, _, _) => Do(session.Touch), Before),
        new("write", static (session, _, _) => Do(() => session.Set("added", "1")), "added, owner"),
        new("remove", static (session, _, _) => Do(() => session.Remove("owner")), ""),
        new("begin", static (session, _, _) => Do(() => session.Set("added", "1")), "added") { BeginsOne = true },
        new("login", static async (session, _, _) =>
        {
            await session.RegenerateAsync();
            session.Set("user", "1");
        },
        "user") { EndsOldId = true },
        new("new id with the data", static (session, _, _) => session.RegenerateAsync(keepData: true).AsTask(), Before) { EndsOldId = true, MayLeaveCopy = true },
        new("new id with the data, and a write", static async (session, _, _) =>
        {
            await session.RegenerateAsync(keepData: true);
            session.Set("added", "1");
        },
        "added, owner") { EndsOldId = true, MayLeaveCopy = true },
        new("sign-out", static (session, _, _) => session.DestroyAsync().AsTask(), null) { EndsOldId = true },
        new("taken off", static (_, context, _) => Do(context.UnsetServerSession), null) { EndsOldId = true },
        new("save by hand", static async (session, _, _) =>
        {
            session.Set("added", "1");
            await session.SaveAsync();
        },
        "added, owner"),
        new("save by hand, its failure swallowed", static async (session, _, _) =>
        {
            session.Set("added", "1");
            try
            {
                await session.SaveAsync();
            }
            catch (SessionStoreException)
            {
                // The middleware saves at the end what is not saved by then.
            }
        },
        "added, owner"),
        new("save by hand, then a write", static async (session, _, _) =>
        {
            session.Set("added", "1");
            await session.SaveAsync();
            session.Set("more", "1");
        },
        "added, more, owner") { Midway = "added, owner" },
        new("reload", static async (session, _, _) =>
        {
            // Where the reload fails this is saved, as is everything that a request changed before it failed.
            session.Set("added", "0");
            await session.ReloadAsync();
            session.Set("added", "1");
        },
        "added, owner"),
        new("a write after the first byte", static async (session, context, _) =>
        {
            session.Set("added", "1");
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            session.Set("more", "1");
            await context.Response.WriteAsync("second");
        },
        "added, more, owner") { Midway = "added, owner" },
        new("a write beside another's", static async (session, _, rival) =>
        {
            session.Set("added", "1");
            await rival();
        },
        "added, owner, rival") { Midway = "owner, rival", NeedsMerge = true },
    ];

    /// <summary>Whether the old id may have these keys when the request failed: those before or those after, and nothing in between but what it saved itself.</summary>
    public bool MayLeave(string? keys) => keys == Before || keys == (EndsOldId ? null : After) || (keys is not null && keys == Midway);

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
