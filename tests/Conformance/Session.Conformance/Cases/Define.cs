namespace ServerSessions.Conformance;

/// <summary>Short words for the lists of cases.</summary>
internal static class Define
{
    public static ConformanceCase Preflight(
        string id,
        string rule,
        string why,
        string[] causes,
        Func<CaseContext, Task> body,
        CaseNeeds needs = CaseNeeds.None,
        bool blamesHarness = false
    ) => new(id, CaseLevel.Preflight, rule, why, causes, needs, body) { OwnStore = true, BlamesHarness = blamesHarness };

    public static ConformanceCase Required(
        string id,
        string rule,
        string why,
        string[] causes,
        Func<CaseContext, Task> body,
        CaseNeeds needs = CaseNeeds.None,
        bool races = false,
        bool alone = false
    ) => new(id, CaseLevel.Required, rule, why, causes, needs, body) { IsStochastic = races, OwnStore = alone };

    public static ConformanceCase Recommended(
        string id,
        string rule,
        string why,
        string[] causes,
        Func<CaseContext, Task> body,
        CaseNeeds needs = CaseNeeds.None,
        bool races = false,
        bool alone = false,
        bool mayBreak = false
    ) =>
        new(id, CaseLevel.Recommended, rule, why, causes, needs, body)
        {
            IsStochastic = races,
            OwnStore = alone,
            MayBreak = mayBreak,
        };

    public static ConformanceCase Optional(
        string id,
        string rule,
        string why,
        string[] causes,
        Func<CaseContext, Task> body,
        CaseNeeds needs,
        bool races = false,
        bool alone = false
    ) => new(id, CaseLevel.Optional, rule, why, causes, needs, body) { IsStochastic = races, OwnStore = alone };

    public static ConformanceCase Hardened(
        string id,
        string rule,
        string why,
        string[] causes,
        Func<CaseContext, Task> body,
        CaseNeeds needs,
        bool races = false,
        bool alone = false
    ) => new(id, CaseLevel.Hardened, rule, why, causes, needs, body) { IsStochastic = races, OwnStore = alone };
}
