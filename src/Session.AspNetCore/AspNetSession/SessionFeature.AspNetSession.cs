using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

// The session as HttpContext.Session shows it: bytes instead of JSON. It is read already, so no member blocks, and reading creates no
// session. Without a usable session, reading shows an empty one, and IsAvailable is false. Nothing that was set is lost in silence: Set
// then throws, and so do Remove and Clear if it is unknown what they would remove. The feature is the session itself, so that a request
// without a use has no cost.
internal sealed partial class SessionFeature : ISessionFeature, ISession
{
    // A debugger must not show it as another object.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    ISession ISessionFeature.Session
    {
        get => this;
        set => request.Context.Features.Set<ISessionFeature>(new Microsoft.AspNetCore.Session.SessionFeature { Session = value });
    }

    bool ISession.IsAvailable => IsAvailable;

    string ISession.Id => Use() is { } session ? PublicSessionId.Of(session.Id) : "";

    IEnumerable<string> ISession.Keys => UseExisting()?.Keys ?? [];

    private bool IsAvailable => request.Absence == SessionAbsence.None && !IsDisabled;

    /// <summary>Whether it is unknown what is in the session. Otherwise there is one, or there is none for sure.</summary>
    private bool IsUnknown => request.Absence is SessionAbsence.Unavailable or SessionAbsence.Disconnected;

    /// <summary>Whether the endpoint or the origin of the request keeps it from a session that it may have.</summary>
    private bool IsWithheld => IsDisabled || request.Absence == SessionAbsence.CrossSite;

    bool ISession.TryGetValue(string key, [NotNullWhen(true)] out byte[]? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        var json = default(ReadOnlyMemory<byte>);
        var found = UseExisting()?.TryGetJson(key, out json) ?? false;
        value = found ? SessionBytes.FromJson(json.Span) : null;
        return found;
    }

    void ISession.Set(string key, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (IsAvailable && request.State is null or { IsNew: true, AtRest: null } && request.Context.Response.HasStarted)
        {
            throw new InvalidOperationException(
                "The session cannot be established after the response has started: the client cannot get its cookie. Nothing was set. Set "
                    + "the first value before the first byte of the response."
            );
        }

        (Use() ?? throw Without()).SetJson(key, SessionBytes.ToJson(value));
    }

    void ISession.Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        UseKnown()?.Remove(key);
    }

    void ISession.Clear()
    {
        if (UseKnown() is { } session)
        {
            foreach (var key in session.Keys)
            {
                session.Remove(key);
            }
        }
    }

    Task ISession.LoadAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
        : IsUnknown ? Task.FromException(Without())
        : Task.CompletedTask;

    Task ISession.CommitAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
        : IsUnknown ? Task.FromException(Without())
        : IsChanged() ? Use()!.SaveAsync(cancellationToken).AsTask()
        : Task.CompletedTask;

    /// <summary>
    /// Whether the request has changed the session since it was read or stored. An endpoint that can only read it has not.
    /// </summary>
    private bool IsChanged() =>
        (request.Rules & (EndpointRules.NoSession | EndpointRules.ReadOnly)) == 0
        && request is { Live: { } session, History: var history }
        && (session.Sid != history.OriginalSid || !(history.Stored?.Document ?? history.Original).ContentEquals(session.Document));

    /// <summary>Returns the session if there is one.</summary>
    /// <exception cref="ServerSessionUnavailableException">The session could not be read.</exception>
    /// <exception cref="InvalidOperationException">The request must not use the session that it may have.</exception>
    private ServerSession? UseKnown() => IsUnknown || IsWithheld ? throw Without() : UseExisting();

    private InvalidOperationException Without() => HttpContextServerSessionExtensions.Without(request.Context, this);
}
