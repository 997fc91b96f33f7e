using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Parameters;

// What the compiler of Razor writes of a .cshtml file.
[assembly: RazorCompiledItem(typeof(OfPage<SessionPageModel>), "mvc.1.0.razor-page", "/Pages/Session.cshtml")]
[assembly: RazorCompiledItem(typeof(OfPage<RequiredPageModel>), "mvc.1.0.razor-page", "/Pages/Required.cshtml")]

namespace ServerSessions.Tests.Parameters;

/// <summary>Pages of Razor Pages without the Razor compiler: a page and its model, as compiled.</summary>
internal static class HandWrittenPages
{
    public static IMvcBuilder AddHandWrittenPages(this IMvcBuilder mvc) =>
        mvc.ConfigureApplicationPartManager(static parts =>
            parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(HandWrittenPages).Assembly))
        );
}

/// <summary>A page that shows what its model has found.</summary>
public sealed class OfPage<TModel> : Page
    where TModel : PageModel
{
    /// <summary>The model: its type is how the page is bound to it.</summary>
    public TModel Model => (TModel)PageContext.ViewData.Model!;

    /// <inheritdoc/>
    public override Task ExecuteAsync() => Task.CompletedTask;
}

/// <summary>A handler that takes the session.</summary>
public sealed class SessionPageModel : PageModel
{
    /// <summary>The session as a property.</summary>
    [BindProperty(SupportsGet = true)]
    public ServerSession Session { get; set; } = null!;

    /// <summary>As a parameter.</summary>
    public ContentResult OnGet(ServerSession session, ServerSession? optional) =>
        Content(
            $"page of {session.Get<string>("user") ?? "nobody"} {ReferenceEquals(session, Session)} "
                + $"{ReferenceEquals(session, optional)} {ModelState.IsValid}"
        );
}

/// <summary>A page that requires a session.</summary>
[RequireServerSession]
public sealed class RequiredPageModel : PageModel
{
    /// <summary>From the context.</summary>
    public ContentResult OnGet() => Content($"page of {HttpContext.GetServerSession().Get<string>("user")}");
}
