namespace ServerSessions.Trust.Tests.Faults;

/// <summary>What requests do with one value in one step with what is stored.</summary>
internal static class ValueFaultScenarios
{
    public static IReadOnlyList<FaultScenario> All { get; } =
        [
            new("take", static async (session, _, _) => await session.TakeAsync<string>("owner"), "") { NeedsMerge = true },
            new("take what is absent", static async (session, _, _) => await session.TakeAsync<string>("absent"), "owner")
            {
                NeedsMerge = true,
            },
            new("update", static async (session, _, _) => await session.UpdateAsync<int>("added", static n => n + 1), "added, owner")
            {
                NeedsMerge = true,
            },
            new(
                "update, its failure swallowed",
                static async (session, _, _) =>
                {
                    session.Set("added", "1");
                    try
                    {
                        await session.UpdateAsync<int>("count", static n => n + 1);
                    }
                    catch (SessionStoreException)
                    {
                        // The commit stores the rest. Until the update is repeated it may be stored or not.
                    }

                    await session.UpdateAsync<int>("count", static n => n + 1);
                },
                "added, count, owner"
            )
            {
                Midway = "count, owner",
                NeedsMerge = true,
            },
            new(
                "update and take in a new session",
                static async (session, _, _) =>
                {
                    session.Set("code", "1");
                    await session.TakeAsync<string>("code");
                    await session.UpdateAsync<int>("added", static n => n + 1);
                },
                "added"
            )
            {
                BeginsOne = true,
                NeedsMerge = true,
            },
            new(
                "update beside another's write",
                static async (session, _, rival) =>
                {
                    await rival.WriteAsync();
                    await session.UpdateAsync<int>("count", static n => n + 1);
                },
                "count, owner, rival"
            )
            {
                Midway = "owner, rival",
                NeedsMerge = true,
            },
            new(
                "take beside another's sign-out",
                static async (session, _, rival) =>
                {
                    await rival.SignOutAsync();
                    try
                    {
                        Assert.NotEqual(LeakCollector.Payload, await session.TakeAsync<string>("owner"));
                    }
                    catch (SessionNotFoundException)
                    {
                        // There is no value any more.
                    }
                },
                null
            )
            {
                NeedsMerge = true,
            },
        ];
}
