using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ServerSessions;

namespace SignInSample.Pages;

/// <summary>The shop with the cart of the session.</summary>
public sealed class IndexModel : PageModel
{
    private static readonly string[] Teas = ["Assam", "Sencha", "Rooibos"];

    private ServerSession Session => HttpContext.GetServerSession();

    /// <summary>The teas in the cart.</summary>
    public IReadOnlyList<string> Cart => Session.Get<List<string>>("cart") ?? [];

    /// <summary>Puts a tea into the cart.</summary>
    public IActionResult OnPost(string tea)
    {
        if (Teas.Contains(tea))
        {
            Session.Set("cart", (string[])[.. Cart, tea]);
        }

        return RedirectToPage();
    }
}
