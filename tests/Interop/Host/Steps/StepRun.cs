using System.Text.Json;
using ServerSessions.Interop.Host.Json;
using ServerSessions.Interop.Host.Options;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Steps;

/// <summary>One run of a program: takes its steps in order and keeps the trace.</summary>
internal sealed class StepRun(HttpContext context)
{
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] NoSession = "\"no session\""u8.ToArray();

    private readonly Trace _trace = new();
    private bool _wrote;
    private bool _empty;

    public async Task TakeAsync(JsonElement step)
    {
        var name = JavaScriptJson.Text(step[0]);
        if (await TakeRequestStepAsync(name, step) is { } entry)
        {
            _trace.Add(entry);
        }
        else if (context.FindServerSession() is { } session)
        {
            _trace.Add(await TakeSessionStepAsync(name, step, session));
        }
        else
        {
            _trace.Add(NoSession);
        }
    }

    public async Task FinishAsync()
    {
        var response = context.Response;
        if (_empty)
        {
            return;
        }

        if (!_wrote)
        {
            await Answers.WriteJsonAsync(response, _trace.ToJson());
        }
        else if (Answers.CanHaveBody(response))
        {
            await response.Body.WriteAsync((byte[])[(byte)'\n', .. _trace.ToJson()]);
        }
    }

    /// <summary>The steps that need no session; nothing for any other.</summary>
    private async ValueTask<byte[]?> TakeRequestStepAsync(string? name, JsonElement step)
    {
        switch (name)
        {
            case "has":
                return Trace.Json(context.FindServerSession() is not null);
            case "id":
                // A session that no one has asked for has no id yet; express-session has made one by now.
                context.FindServerSession();
                return Trace.Json(context.GetServerSessionId());
            case "unset":
                context.UnsetServerSession();
                return Answers.Ok;
            case "wait":
                // A client that goes away does not shorten it, as in Node.
                await Task.Delay(TimeSpan.FromMilliseconds(step[1].GetDouble()), TimeProvider.System, CancellationToken.None);
                return Answers.Ok;
            case "write":
                await WriteAsync(JavaScriptJson.Text(step[1]) ?? "");
                return Answers.Ok;
            case "status":
                SetStatus(step[1].GetInt32());
                return Answers.Ok;
            case "header":
                if (!context.Response.HasStarted)
                {
                    context.Response.Headers[JavaScriptJson.Text(step[1])!] = JavaScriptJson.Text(step[2]);
                }

                return Answers.Ok;
            case "vanish":
                context.FindServerSession();
                if (context.GetServerSessionId() is { } sid)
                {
                    await context.RequestServices.GetRequiredService<ISessionStore>().DestroyAsync(sid);
                }

                return Answers.Ok;
            case "empty":
                _empty = true;
                return Answers.Ok;
            case "throw":
                throw new StepException(JavaScriptJson.Text(step[1]) ?? "");
            default:
                return null;
        }
    }

    private async ValueTask<byte[]> TakeSessionStepAsync(string? name, JsonElement step, ServerSession session)
    {
        switch (name)
        {
            case "get":
                return Get(session, JavaScriptJson.Text(step[1])!);
            case "set":
                session.SetJson(JavaScriptJson.Text(step[1])!, JavaScriptJson.Normalize(step[2]));
                return True;
            case "del":
                session.Remove(JavaScriptJson.Text(step[1])!);
                return True;
            case "keys":
                return Trace.Json(session.Keys.Order(StringComparer.Ordinal));
            case "regenerate":
                return await OutcomeAsync(RegenerateAsync(session));
            case "destroy":
                return await OutcomeAsync(session.DestroyAsync());
            case "reload":
                return await OutcomeAsync(session.ReloadAsync());
            case "save":
                return await OutcomeAsync(session.SaveAsync());
            case "touch":
                session.Touch();
                return Answers.Ok;
            case "cookie.get":
                return CookieSteps.Get(session.Cookie, JavaScriptJson.Text(step[1]));
            case "cookie.set":
                CookieSteps.Set(session.Cookie, JavaScriptJson.Text(step[1]), step[2]);
                return True;
            default:
                throw new StepException($"unknown step {name}");
        }
    }

    private async ValueTask RegenerateAsync(ServerSession session)
    {
        await session.RegenerateAsync();
        context.RequestServices.GetRequiredService<ExpressOptions>().SpellCookie(context, session);
    }

    private static byte[] Get(ServerSession session, string key) =>
        session.TryGetJson(key, out var json) ? json.ToArray()
        : key == SessionDocument.CookieName ? session.Cookie.ToJson()
        : Trace.Json<string?>(null);

    private static async ValueTask<byte[]> OutcomeAsync(ValueTask operation)
    {
        try
        {
            await operation;
            return Answers.Ok;
        }
        catch (SessionNotFoundException)
        {
            // express-session's text for a reload of a session that is not there.
            return Errors.ToJson("failed to load session");
        }
        catch (SessionStoreException failure)
        {
            return Errors.ToJson(failure.Message);
        }
    }

    private async Task WriteAsync(string text)
    {
        var response = context.Response;
        if (!_wrote)
        {
            response.ContentType = "application/json";
            await response.StartAsync();
            _wrote = true;
        }

        if (Answers.CanHaveBody(response))
        {
            await response.WriteAsync(text);
            await response.Body.FlushAsync();
        }
    }

    private void SetStatus(int code)
    {
        // Once the headers are out a status is without effect in Node, and an error here.
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = code;
        }
    }
}
