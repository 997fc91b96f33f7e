using Microsoft.AspNetCore.Http;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>What requests do with a session.</summary>
internal static class FaultScenarios
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [.. Reads(), .. Writes(), .. NewIds(), .. Ends(), .. Answers(), .. BesideAnother(), .. ValueFaultScenarios.All];

    private static IEnumerable<FaultScenario> Reads() =>
        [
            new("read", static (session, context, _) => context.Response.WriteAsync(session.Get<string>("owner")!), FaultScenario.Before),
            new("read with HEAD", static (session, _, _) => Do(() => session.Get<string>("owner")), FaultScenario.Before)
            {
                Method = HttpMethod.Head,
            },
            new(
                "read, touches spared",
                static (session, context, _) => context.Response.WriteAsync(session.Get<string>("owner")!),
                FaultScenario.Before
            )
            {
                SparesTouches = true,
                Renews = false,
            },
            new("a session that is not looked at", static (_, context, _) => context.Response.WriteAsync("ok"), FaultScenario.Before),
            new("touch", static (session, _, _) => Do(session.Touch), FaultScenario.Before),
            new(
                "reload",
                static async (session, _, _) =>
                {
                    // Where the reload fails this is saved, as is everything that a request changed before it failed.
                    session.Set("added", "0");
                    await session.ReloadAsync();
                    session.Set("added", "1");
                },
                "added, owner"
            ),
        ];

    private static IEnumerable<FaultScenario> Writes() =>
        [
            new("write", static (session, _, _) => Do(() => session.Set("added", "1")), "added, owner"),
            new("write, touches spared", static (session, _, _) => Do(() => session.Set("added", "1")), "added, owner")
            {
                SparesTouches = true,
            },
            new(
                "remove all",
                static (session, _, _) =>
                    Do(() =>
                    {
                        session.Set("added", "1");
                        foreach (var key in session.Keys)
                        {
                            session.Remove(key);
                        }
                    }),
                ""
            ),
            new("begin", static (session, _, _) => Do(() => session.Set("added", "1")), "added") { BeginsOne = true },
            new(
                "begin, saved by hand",
                static async (session, _, _) =>
                {
                    session.Set("added", "1");
                    await session.SaveAsync();
                    session.Set("more", "1");
                },
                "added, more"
            )
            {
                BeginsOne = true,
            },
            new(
                "save by hand",
                static async (session, _, _) =>
                {
                    session.Set("added", "1");
                    await session.SaveAsync();
                },
                "added, owner"
            ),
            new(
                "save by hand, its failure swallowed",
                static async (session, _, _) =>
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
                "added, owner"
            ),
            new(
                "save by hand, then a write",
                static async (session, _, _) =>
                {
                    session.Set("added", "1");
                    await session.SaveAsync();
                    session.Set("more", "1");
                },
                "added, more, owner"
            )
            {
                Midway = "added, owner",
            },
        ];

    private static IEnumerable<FaultScenario> NewIds() =>
        [
            new(
                "login",
                static async (session, _, _) =>
                {
                    await session.RegenerateAsync();
                    session.Set("user", "1");
                },
                "user"
            )
            {
                EndsOldId = true,
            },
            new(
                "login of somebody new",
                static async (session, _, _) =>
                {
                    await session.RegenerateAsync();
                    session.Set("user", "1");
                },
                "user"
            )
            {
                BeginsOne = true,
            },
            new(
                "login, saved by hand",
                static async (session, _, _) =>
                {
                    await session.RegenerateAsync();
                    session.Set("user", "1");
                    await session.SaveAsync();
                    session.Set("more", "1");
                },
                "more, user"
            )
            {
                EndsOldId = true,
            },
            new(
                "two new ids",
                static async (session, _, _) =>
                {
                    await session.RegenerateAsync();
                    session.Set("nobody", "1");
                    await session.RegenerateAsync();
                    session.Set("user", "1");
                },
                "user"
            )
            {
                EndsOldId = true,
            },
            new("new id with the data", static (session, _, _) => session.RenewIdAsync().AsTask(), FaultScenario.Before)
            {
                EndsOldId = true,
                MayLeaveCopy = true,
            },
            new(
                "new id with the data, and a write",
                static async (session, _, _) =>
                {
                    await session.RenewForSignInAsync();
                    session.Set("added", "1");
                },
                "added, owner"
            )
            {
                EndsOldId = true,
                MayLeaveCopy = true,
            },
            new(
                "two new ids with the data",
                static async (session, _, _) =>
                {
                    await session.RenewIdAsync();
                    await session.RenewForSignInAsync();
                },
                FaultScenario.Before
            )
            {
                EndsOldId = true,
                MayLeaveCopy = true,
            },
            new(
                "new id with the data, then sign-out",
                static async (session, _, _) =>
                {
                    await session.RenewIdAsync();
                    await session.DestroyAsync();
                },
                null
            )
            {
                EndsOldId = true,
                MayLeaveCopy = true,
            },
        ];

    private static IEnumerable<FaultScenario> Ends() =>
        [
            new("sign-out", static (session, _, _) => session.DestroyAsync().AsTask(), null) { EndsOldId = true },
            new("taken off", static (_, context, _) => Do(context.UnsetServerSession), null) { EndsOldId = true },
            new(
                "touch, then sign-out",
                static async (session, _, _) =>
                {
                    session.Touch();
                    await session.DestroyAsync();
                },
                null
            )
            {
                EndsOldId = true,
            },
            new(
                "sign-out, then a write",
                static async (session, _, _) =>
                {
                    await session.DestroyAsync();

                    // No one catches what this throws.
                    session.Set("added", "1");
                },
                null
            )
            {
                EndsOldId = true,
                Status = 500,
            },
            new(
                "write, sign-out, and another look for a session",
                static async (session, context, _) =>
                {
                    session.Set("added", "1");
                    await session.SaveAsync();
                    await session.DestroyAsync();

                    // A request that has ended its session gets none.
                    context.FindServerSession()?.Set("added", "2");
                },
                null
            )
            {
                EndsOldId = true,
                Midway = "added, owner",
            },
            new(
                "begin, then sign-out",
                static async (session, _, _) =>
                {
                    session.Set("added", "1");
                    await session.SaveAsync();
                    await session.DestroyAsync();
                },
                null
            )
            {
                BeginsOne = true,
                EndsOldId = true,
            },
        ];

    private static IEnumerable<FaultScenario> Answers() =>
        [
            new(
                "a write after the first byte",
                static async (session, context, _) =>
                {
                    session.Set("added", "1");
                    await context.Response.WriteAsync("first");
                    await context.Response.Body.FlushAsync();
                    session.Set("more", "1");
                    await context.Response.WriteAsync("second");
                },
                "added, more, owner"
            )
            {
                Midway = "added, owner",
            },
            new(
                "begin, and a write after the first byte",
                static async (session, context, _) =>
                {
                    session.Set("added", "1");
                    await context.Response.WriteAsync("first");
                    await context.Response.Body.FlushAsync();
                    session.Set("more", "1");
                },
                "added, more"
            )
            {
                BeginsOne = true,
            },
            new(
                "a streamed answer",
                static async (session, context, _) =>
                {
                    session.Set("added", "1");
                    await context.Response.StartAsync();
                    for (var i = 0; i < 3; i++)
                    {
                        await context.Response.BodyWriter.WriteAsync(new byte[10_000]);
                    }
                },
                "added, owner"
            ),
            new("write with HEAD", static (session, _, _) => Do(() => session.Set("added", "1")), "added, owner")
            {
                Method = HttpMethod.Head,
            },
            new(
                "an error after a write",
                static (session, _, _) =>
                    Do(() =>
                    {
                        session.Set("added", "1");
                        throw Bug();
                    }),
                "added, owner"
            )
            {
                Status = 500,
            },
            new(
                "an error after the first byte",
                static async (session, context, _) =>
                {
                    session.Set("added", "1");
                    await context.Response.WriteAsync("first");
                    await context.Response.Body.FlushAsync();
                    session.Set("more", "1");
                    throw Bug();
                },
                "added, more, owner"
            )
            {
                Status = null,
                Midway = "added, owner",
            },
        ];

    private static IEnumerable<FaultScenario> BesideAnother() =>
        [
            new(
                "a write beside another's",
                static async (session, _, rival) =>
                {
                    session.Set("added", "1");
                    await rival.WriteAsync();
                },
                "added, owner, rival"
            )
            {
                Midway = "owner, rival",
                NeedsMerge = true,
            },
            new(
                "new id with the data beside another's write",
                static async (session, _, rival) =>
                {
                    await rival.WriteAsync();
                    await session.RenewIdAsync();
                },
                "owner, rival"
            )
            {
                EndsOldId = true,
                MayLeaveCopy = true,
                Midway = "owner, rival",
                NeedsMerge = true,
            },
            new(
                "sign-out beside another's write",
                static async (session, _, rival) =>
                {
                    await rival.WriteAsync();
                    await session.DestroyAsync();
                },
                null
            )
            {
                EndsOldId = true,
                Midway = "owner, rival",
            },
            new(
                "a write beside another's sign-out",
                static async (session, _, rival) =>
                {
                    session.Set("added", "1");
                    await rival.SignOutAsync();
                },
                null
            )
            {
                NeedsMerge = true,
            },
            new(
                "new id with the data beside another's sign-out",
                static async (session, _, rival) =>
                {
                    await rival.SignOutAsync();
                    try
                    {
                        await session.RenewIdAsync();
                    }
                    catch (SessionNotFoundException)
                    {
                        // There is nothing that could move.
                    }
                },
                null
            )
            {
                MayLeaveCopy = true,
                NeedsMerge = true,
            },
            new(
                "reload after another's sign-out",
                static async (session, _, rival) =>
                {
                    session.Set("added", "1");
                    await rival.SignOutAsync();
                    try
                    {
                        await session.ReloadAsync();
                    }
                    catch (SessionNotFoundException)
                    {
                        // The session is as before, and not there any more when it is saved.
                    }
                },
                null
            )
            {
                NeedsMerge = true,
            },
        ];

    private static InvalidOperationException Bug() => new("A bug of the application.");

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
