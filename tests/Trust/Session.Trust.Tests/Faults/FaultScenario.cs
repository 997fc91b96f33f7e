using Microsoft.AspNetCore.Http;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>Something that requests do with their session, and what is at rest before and after it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="RunAsync">The application. The session of who asks has the key <c>owner</c> and no other. What it is given last is another
/// request.</param>
/// <param name="After">The keys of the session that the client has when it was told that all went well; null: it has none.</param>
internal sealed record FaultScenario(string Name, Func<ServerSession, HttpContext, Rival, Task> RunAsync, string? After)
{
    /// <summary>The keys before.</summary>
    public const string Before = "owner";

    /// <summary>What may be at rest as well where the request failed: it stores more than once, or another has written.</summary>
    public string? Midway { get; init; }

    /// <summary>Whether the request comes without a session.</summary>
    public bool BeginsOne { get; init; }

    /// <summary>Whether nothing is at rest under the old id afterwards.</summary>
    public bool EndsOldId { get; init; }

    /// <summary>
    /// Whether the session is stored under a new id before it leaves the old one, so that a failure may leave a copy that no one was told
    /// of.
    /// </summary>
    public bool MayLeaveCopy { get; init; }

    /// <summary>
    /// Whether it is about a key of someone else, or what someone else has ended, which only a store that compares keeps so.
    /// </summary>
    public bool NeedsMerge { get; init; }

    /// <summary>How it is asked for.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The status if the store does not fail; null: the response breaks off, since the application does.</summary>
    public int? Status { get; init; } = 200;

    /// <summary>Whether touches are spared until three quarters of the lifetime have passed. Half of it has.</summary>
    public bool SparesTouches { get; init; }

    /// <summary>Whether the session lives for its whole lifetime again.</summary>
    public bool Renews { get; init; } = true;

    /// <summary>
    /// Whether the browser is told to drop its cookie: if its own request ends what it came with. The server's own response to an error
    /// has no headers but its own.
    /// </summary>
    public bool ClearsCookie => After is null && EndsOldId && Status == 200;

    /// <summary>
    /// Whether the old id may have these keys when the request failed: those before or those after, and nothing in between but what it
    /// saved itself.
    /// </summary>
    public bool MayLeave(string? keys) => keys == Before || keys == (EndsOldId ? null : After) || (keys is not null && keys == Midway);
}

/// <summary>What another request does with the same session at the same time. It never fails.</summary>
/// <param name="WriteAsync">Adds the key <c>rival</c>.</param>
/// <param name="SignOutAsync">Ends the session.</param>
internal sealed record Rival(Func<Task> WriteAsync, Func<Task> SignOutAsync);
