using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using ServerSessions;

namespace SignInSample.Controllers;

/// <summary>The orders of the user who is signed in: MVC beside the Razor Pages, with the session as a parameter of the actions.</summary>
[Authorize]
[AutoValidateAntiforgeryToken]
[Route("orders")]
public sealed class OrdersController : Controller
{
    /// <summary>Lists the orders. A shop would have them in a database; here they end with the session.</summary>
    [HttpGet]
    public IActionResult Index(ServerSession session) => View(session.Get<string[]>("orders") ?? []);

    /// <summary>Orders what is in the cart.</summary>
    [HttpPost]
    public IActionResult Place(ServerSession session)
    {
        if (session.Get<string[]>("cart") is { Length: > 0 } cart)
        {
            session.Set("orders", (string[])[.. session.Get<string[]>("orders") ?? [], string.Join(", ", cart)]);
            session.Remove("cart");
        }

        return RedirectToAction(nameof(Index));
    }
}
