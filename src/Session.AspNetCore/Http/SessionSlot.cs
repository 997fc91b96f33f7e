using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// The place of a session among the features of a request. The default place is that of <c>HttpContext.GetServerSession()</c>; the others
/// have names.
/// </summary>
internal readonly struct SessionSlot(string? name)
{
    /// <summary>The name; empty for the default place.</summary>
    public string Name => name ?? "";

    /// <summary>Whether it is the default place, whose session is also <c>HttpContext.Session</c>.</summary>
    public bool IsDefault => string.IsNullOrEmpty(name);

    /// <summary>Shows a session as <c>HttpContext.Session</c>, unless it has a name.</summary>
    /// <returns>What was there before.</returns>
    public ISessionFeature? Show(HttpContext context, SessionFeature feature)
    {
        var before = context.Features.Get<ISessionFeature>();
        if (IsDefault)
        {
            context.Features.Set<ISessionFeature>(feature);
        }

        return before;
    }

    /// <summary>
    /// Shows again what was there before, or else the session: callbacks before the headers still find one. A <c>UseSession</c> behind the
    /// middleware has removed it.
    /// </summary>
    public void ShowAgain(HttpContext context, ISessionFeature? before, SessionFeature feature)
    {
        if (IsDefault)
        {
            context.Features.Set(before ?? feature);
        }
    }

    /// <summary>Returns the session of this place; <see langword="null"/> if there is none.</summary>
    public SessionFeature? Find(HttpContext context) =>
        IsDefault ? context.Features.Get<SessionFeature>() : context.Features.Get<NamedSessionFeatures>()?.Find(name!);

    /// <summary>Puts a session into this place.</summary>
    /// <exception cref="InvalidOperationException">The request has another session whose cookie has the same name.</exception>
    public void Put(HttpContext context, SessionFeature feature)
    {
        var named = context.Features.Get<NamedSessionFeatures>();
        if (IsDefault)
        {
            named?.ThrowIfSameCookie(feature);
            context.Features.Set(feature);
            context.Features.Set<IServerSessionFeature>(feature);
            return;
        }

        if (context.Features.Get<SessionFeature>() is { } other)
        {
            NamedSessionFeatures.ThrowIfSameCookie(feature, other);
        }

        if (named is null)
        {
            named = new NamedSessionFeatures();
            context.Features.Set(named);
        }

        named.Add(name!, feature);
    }
}

/// <summary>The sessions of a request that have a name.</summary>
internal sealed class NamedSessionFeatures
{
    private readonly List<(string Name, SessionFeature Feature)> _features = [];

    public IReadOnlyList<(string Name, SessionFeature Feature)> All => _features;

    public SessionFeature? Find(string name) => _features.Find(entry => entry.Name == name).Feature;

    /// <exception cref="InvalidOperationException">The request has another session whose cookie has the same name.</exception>
    public void Add(string name, SessionFeature feature)
    {
        ThrowIfSameCookie(feature);
        _features.Add((name, feature));
    }

    /// <exception cref="InvalidOperationException">A session's cookie has the same name.</exception>
    public void ThrowIfSameCookie(SessionFeature feature)
    {
        foreach (var (_, other) in _features)
        {
            ThrowIfSameCookie(feature, other);
        }
    }

    /// <exception cref="InvalidOperationException">The cookies of the two sessions have the same name.</exception>
    public static void ThrowIfSameCookie(SessionFeature feature, SessionFeature other)
    {
        if (feature.CookieName == other.CookieName)
        {
            throw new InvalidOperationException(
                $"This request has {PipelineCookies.Shared(other.Name, feature.Name, feature.CookieName)}"
            );
        }
    }
}
