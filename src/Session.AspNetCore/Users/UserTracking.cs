using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Keeps the lists of users' sessions true while requests sign in, renew, use and end sessions. A list gets a key before a session is
/// stored under it, and loses the key after that. So at every instant it names at least every live session of its user.
/// </summary>
internal sealed class UserTracking(
    UserSessionOptions options,
    UserIndex index,
    UserEnding ending,
    SessionEnding sessions,
    UserLease lease,
    UserListLife life,
    SessionTelemetry telemetry,
    TimeProvider timeProvider,
    ILogger logger
)
{
    // A session that is listed must be stored within the grace of its key, and this is far less.
    private static readonly TimeSpan ListedFor = TimeSpan.FromSeconds(30);

    private readonly RateLimitedWarning _adoptionFailed = new(timeProvider);

    /// <summary>Whether sessions without a user are looked at.</summary>
    public bool Adopts => options.Subject is not null;

    /// <summary>Returns the sign-in of a session.</summary>
    public static UserLogin? LoginOf(SessionDocument document) => StoredLogin.Find(document)?.ToPublic();

    /// <summary>
    /// Signs a user in. The session has its new id already. Its list has it when this returns; it is stored with the commit.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="subject">The user.</param>
    /// <param name="signIn">What is known of the sign-in.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyUserSessionsException">The user has too many sessions.</exception>
    /// <exception cref="SessionNotFoundException">All sessions of the user were ended since the credential was checked.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask SignInAsync(RequestSession request, string subject, UserSignIn signIn, CancellationToken cancellationToken) =>
        await telemetry.TraceAsync(
            ServerSessionActivityNames.UserSignIn,
            () => SignInUntracedAsync(request, subject, signIn, cancellationToken),
            static _ => (1, 0)
        );

    private async ValueTask<bool> SignInUntracedAsync(
        RequestSession request,
        string subject,
        UserSignIn signIn,
        CancellationToken cancellationToken
    )
    {
        // A sign-in that is refused is none.
        var isSigningIn = request.IsSigningIn;
        request.IsSigningIn = false;
        var now = timeProvider.GetUtcNow();
        var known = StoredLogin.Find(request.State!.Document);
        var before = known?.Subject == subject ? known : StoredLogin.Begin(request.Context, subject, now, options);
        var login = before with
        {
            AuthenticatedAt = signIn.AuthenticatedAt ?? now,
            Method = DeviceLabel.Cut(signIn.Method) ?? before.Method,
            Label = DeviceLabel.Cut(signIn.Label) ?? before.Label,
        };
        if (known?.Handle != login.Handle)
        {
            login = login with { Until = lease.EndFor(request.State) };
            var pending = new PendingLogin { Handle = login.Handle };
            if (!await ListAsync(request, login, pending, signIn.CheckedAt, cancellationToken))
            {
                request.End(SessionAbsence.Gone);
                throw new SessionNotFoundException(SessionStoreOperation.TrySet, index.Backend);
            }

            Hold(request, pending);
        }

        request.Change(login.PutInto);
        request.IsSigningIn = isSigningIn;
        return true;
    }

    /// <summary>
    /// Notes that the session of a request has a user that the application has named, although no one was signed in here.
    /// </summary>
    public void Adopt(RequestSession request, ServerSession session)
    {
        if (
            (request.Rules & EndpointRules.ReadOnly) != 0
            || request.Live is not { AtRest: not null } state
            || state.Document.TryGetJson(ReservedKeys.Login, out _)
            || options.Subject!(session) is not { } subject
            || !UserSubject.IsValid(subject)
        )
        {
            return;
        }

        Adopt(request, subject, authenticatedAt: null);
    }

    /// <summary>
    /// Notes the user of a stored session who has signed in before users were tracked. That is no sign-in now, so no event tells of one.
    /// </summary>
    public void Adopt(RequestSession request, string subject, DateTimeOffset? authenticatedAt)
    {
        var begun = StoredLogin.Begin(request.Context, subject, authenticatedAt ?? timeProvider.GetUtcNow(), options);
        var login = begun with { AuthenticatedAt = authenticatedAt, Until = lease.EndFor(request.State!) };
        Hold(request, new PendingLogin { Handle = login.Handle, IsAdoption = true });
        request.Change(document =>
        {
            // A parallel request may have been first.
            if (!document.TryGetJson(ReservedKeys.Login, out _))
            {
                login.PutInto(document);
            }
        });
    }

    /// <summary>Called before the session of a request is stored: a sign-in that is not stored yet must be listed.</summary>
    /// <returns>Whether the session may be stored. Otherwise it was ended.</returns>
    public ValueTask<bool> BeforeWriteAsync(RequestSession request, CancellationToken cancellationToken) =>
        PendingLogin.Find(request) is { } pending ? ListPendingAsync(request, pending, cancellationToken) : new(true);

    /// <summary>Called after the session of a request was stored.</summary>
    /// <returns>The sign-in that is stored with it now; <see langword="null"/> if there is none that was not stored before.</returns>
    public static PendingLogin? AfterWrite(RequestSession request)
    {
        if (PendingLogin.Find(request) is not { } pending || LoginOf(request, pending) is null)
        {
            return null;
        }

        pending.IsStored = true;
        return pending.IsAdoption ? null : pending;
    }

    /// <summary>Whether a session was ended before it was stored under a key.</summary>
    public ValueTask<bool> IsEndedAsync(string key, CancellationToken cancellationToken) => sessions.IsEndedAsync(key, cancellationToken);

    /// <summary>Called before the session of a request is stored under a new id.</summary>
    /// <returns>Whether it may be. Otherwise it was ended.</returns>
    public async ValueTask<bool> BeforeMoveAsync(RequestSession request, string newKey, CancellationToken cancellationToken)
    {
        if (StoredLogin.Find(request.State!.Document) is not { } login)
        {
            return true;
        }

        var pending = PendingLogin.Find(request) is { } found && found.Handle == login.Handle ? found : null;
        var at = timeProvider.GetTimestamp();
        var mayMove = false;
        await index.EditAsync(
            login.Subject,
            list =>
            {
                var now = timeProvider.GetUtcNow();
                var isUnlisted = list is null || pending is { Key: null };
                list ??= UserIndexContent.Empty(login.Subject, login.Until);
                var entry = list.Find(login.Handle) ?? (isUnlisted ? index.EntryOf(login, request.State.StoreKey, now) : null);
                mayMove = entry is { Ending: false };
                return mayMove ? list.With(entry!.With(newKey, now)).Outliving(login.Until) : list;
            },
            cancellationToken
        );
        if (mayMove && pending is not null)
        {
            (pending.Key, pending.ListedAt) = (newKey, at);
        }

        return mayMove;
    }

    /// <summary>
    /// Called when a session has left a key for good: its own after it has moved, or the new one if it could not. Never fails, because the
    /// request must get the new id.
    /// </summary>
    public async ValueTask AfterMoveAsync(RequestSession request, string leftKey)
    {
        if (StoredLogin.Find(request.State!.Document) is not { } login)
        {
            return;
        }

        try
        {
            await index.EditAsync(
                login.Subject,
                list => list?.Without([new ListedKey(login.Handle, leftKey)], index.EmptyUntil()),
                CancellationToken.None
            );
        }
        catch (SessionStoreException)
        {
            // The list names too much, and the next look at it finds that.
        }
    }

    /// <summary>
    /// Called when a session is given up without being stored: the list of its user may have it since a sign-in of this request. Never
    /// fails.
    /// </summary>
    public ValueTask AfterGivingUpAsync(RequestSession request)
    {
        if (PendingLogin.Find(request) is not { Key: { } key } pending)
        {
            return default;
        }

        pending.Key = null;
        return AfterMoveAsync(request, key);
    }

    /// <summary>Called after a session was destroyed.</summary>
    public async ValueTask AfterEndAsync(
        SessionDocument document,
        string key,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        if (StoredLogin.Find(document) is { } login)
        {
            await ending.UnlistAsync(login.Subject, login.Handle, key, reason, cancellationToken);
        }
    }

    /// <inheritdoc cref="UserListLife.ExtendAsync"/>
    public ValueTask ExtendLeaseAsync(RequestSession request) => life.ExtendAsync(request);

    private async ValueTask<bool> ListPendingAsync(RequestSession request, PendingLogin pending, CancellationToken cancellationToken)
    {
        if (LoginOf(request, pending) is not { } login)
        {
            // The session was begun again without it.
            return true;
        }

        var session = request.State!;
        var isListed = pending.Key == session.StoreKey && timeProvider.GetElapsedTime(pending.ListedAt) < ListedFor;
        if (isListed && login.Until >= lease.LeastFor(session))
        {
            return true;
        }

        // The request takes long, or the session has got another id or a longer life since.
        var until = lease.EndFor(session);
        try
        {
            if (!await ListAsync(request, login.LastingUntil(until), pending, checkedAt: null, cancellationToken))
            {
                return false;
            }

            request.Change(document => StoredLogin.Find(document)?.LastingUntil(until).PutInto(document));
            return true;
        }
        catch (Exception failure) when (pending.IsAdoption && failure is SessionStoreException or TooManyUserSessionsException)
        {
            if (_adoptionFailed.IsDue())
            {
                Log.UserSessionNotListed(logger, index.Backend, failure);
            }

            request.Change(document => StoredLogin.Remove(document, login.Handle));
            return true;
        }
    }

    /// <summary>Puts a sign-in that is not stored yet into the list of its user, and ends the sessions that are too many.</summary>
    /// <returns>Whether it is listed. Otherwise it was ended.</returns>
    private async ValueTask<bool> ListAsync(
        RequestSession request,
        StoredLogin login,
        PendingLogin pending,
        DateTimeOffset? checkedAt,
        CancellationToken cancellationToken
    )
    {
        var key = request.State!.StoreKey;
        var at = timeProvider.GetTimestamp();
        var entry = index.EntryOf(login, key, default);
        var admission = new UserAdmission(options, entry, login.Until, isAgain: pending.Key is not null, checkedAt);
        do
        {
            await index.EditAsync(login.Subject, list => admission.Admit(login.Subject, list, timeProvider.GetUtcNow()), cancellationToken);
            if (admission.Result == UserAdmissionResult.Full)
            {
                // Sessions that have expired must not keep the user out.
                await ending.HealAsync(login.Subject, cancellationToken);
                admission.IsHealed = true;
            }
        } while (admission.Result == UserAdmissionResult.Full);

        if (admission.Result == UserAdmissionResult.Refused)
        {
            throw new TooManyUserSessionsException(options.MaxSessionsPerUser);
        }

        if (admission.Result == UserAdmissionResult.Over)
        {
            return false;
        }

        (pending.Key, pending.ListedAt) = (key, at);
        pending.IsNewDevice |= admission.IsNewDevice;
        if (admission.Surplus.Count > 0)
        {
            await ending.FinishAsync(login.Subject, admission.Surplus, cancellationToken);
        }

        return true;
    }

    private static StoredLogin? LoginOf(RequestSession request, PendingLogin pending) =>
        StoredLogin.Find(request.State!.Document) is { } login && login.Handle == pending.Handle ? login : null;

    private static void Hold(RequestSession request, PendingLogin pending)
    {
        var held = request.Hold(_ => pending);
        if (!ReferenceEquals(held, pending))
        {
            held.Become(pending);
        }
    }
}
