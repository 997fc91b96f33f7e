using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ServerSessions;

/// <summary>
/// Binds a parameter or property of type <see cref="ServerSession"/> in MVC and Razor Pages to the session of the request. A nullable one
/// is <see langword="null"/> if the request cannot have a session; another one throws like <c>GetServerSession()</c>.
/// </summary>
internal sealed class ServerSessionModelBinder(string name) : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var session = bindingContext.ModelMetadata.IsBindingRequired
            ? bindingContext.HttpContext.GetServerSession(name)
            : bindingContext.HttpContext.FindServerSession(name);
        if (session is not null)
        {
            // Not input of the visitor, so there is nothing to validate in it.
            bindingContext.ValidationState.Add(session, new() { SuppressValidation = true });
        }

        bindingContext.Result = ModelBindingResult.Success(session);
        return Task.CompletedTask;
    }
}
