using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Reads the session before the application runs, and commits it before the first byte is sent and when the request ends.
/// </summary>
internal sealed class ServerSessionMiddleware(RequestDelegate next, SessionRuntimes runtimes, SessionSlot slot = default)
{
    // Secrets that are reloaded do not change these.
    private readonly FailurePolicy _policy = runtimes.Current.Policy;
    private readonly CrossSitePolicy _crossSite = runtimes.Current.CrossSite;
    private readonly RequiredSession _required = new(runtimes.Current.Options);
    private readonly UseSessionWarning? _useSession = slot.IsDefault ? new(runtimes.Current.Logger) : null;

    public async Task InvokeAsync(HttpContext context)
    {
        var feature = slot.Find(context);
        if (feature is { IsRunning: true })
        {
            // The pipeline has this middleware twice.
            await next(context);
            return;
        }

        var front = ResponseSnapshot.Of(context);
        if (feature is not null)
        {
            // The pipeline runs a second time, for an error page, or authentication in front has begun the session. What was read stays,
            // above all a failure to read.
            feature.Hooks?.Resume();
        }
        else
        {
            // Asked for once per request: reloaded secrets apply from the next request on.
            feature = runtimes.Current.NewFeature(context, slot);
        }

        var rules = EndpointRulesReader.Of(context.GetEndpoint(), slot.Name);
        var wasInFront = feature.IsInFront;
        if (wasInFront && ((feature.Request.Rules ^ rules) & ~EndpointRules.Required) != 0)
        {
            // Authentication has read the session, and has used it as an ordinary one.
            throw new InvalidOperationException(
                "The endpoint has metadata about the server session that was not applied: authentication ran before routing and has begun "
                    + "the session. Call app.UseRouting() first, then app.UseServerSessions() and app.UseAuthentication()."
            );
        }

        var isFirst = feature.Enter(rules);
        feature.IsInFront = false;
        if (isFirst && !await BeginAsync(feature, front))
        {
            return;
        }

        if (wasInFront && feature.Request.Absence == SessionAbsence.CrossSite && _crossSite.IsRefused(rules))
        {
            // Authentication in front has decided that the request came from another site, and has no session for it.
            await CrossSiteResponse.WriteAsync(context, front);
            return;
        }

        if ((rules & EndpointRules.Required) != 0 && await _required.RespondIfMissingAsync(feature.Request, front))
        {
            return;
        }

        feature.CreateIfEager();
        await RunAsync(feature, front);
    }

    /// <summary>Reads the session of a request.</summary>
    /// <returns>Whether the application runs. Otherwise the response was sent.</returns>
    private async ValueTask<bool> BeginAsync(SessionFeature feature, ResponseSnapshot front)
    {
        var context = feature.Request.Context;
        if (_crossSite.Decide(context, feature.Request.Rules) is var decision and not SessionCrossSite.Allow)
        {
            feature.Request.BeginWithout(SessionAbsence.CrossSite);
            if (decision == SessionCrossSite.Refuse)
            {
                await CrossSiteResponse.WriteAsync(context, front);
            }

            return decision != SessionCrossSite.Refuse;
        }

        feature.ReadCookieOptions();
        try
        {
            await feature.BeginAsync(context.RequestAborted);
        }
        catch (Exception failure)
        {
            if (_policy.MayContinueWithout(feature.Request, failure))
            {
                return true;
            }

            // For an error page in a branch in front.
            slot.Show(context, feature);
            if (!await _policy.RespondToLoadAsync(context, front, failure))
            {
                throw;
            }

            return false;
        }

        return true;
    }

    private async Task RunAsync(SessionFeature feature, ResponseSnapshot front)
    {
        var context = feature.Request.Context;
        var outer = slot.Show(context, feature);
        _useSession?.CheckFront(outer);
        feature.IsRunning = true;
        ConnectionSessions.Add(context, feature, slot.Name);
        try
        {
            await next(context);
            if (feature.Hooks is { } hooks)
            {
                await hooks.Commit.CommitStoreAsync();
                hooks.PassOn();
            }
        }
        catch (Exception failure) when (feature.Hooks is not null)
        {
            if (!await _policy.CommitAndRespondAsync(feature.Request, feature.Hooks, front, failure))
            {
                throw;
            }
        }
        finally
        {
            feature.IsRunning = false;
            ConnectionSessions.Of(context)?.Complete(feature);
            _useSession?.CheckBehind(context);
            slot.ShowAgain(context, outer, feature);
            feature.Hooks?.Dispose();
        }
    }
}
