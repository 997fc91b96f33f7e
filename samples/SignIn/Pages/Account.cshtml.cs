using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ServerSessions;

namespace SignInSample.Pages;

/// <summary>The page of the user who is signed in.</summary>
[Authorize]
public sealed class AccountModel(UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) : PageModel
{
    /// <summary>The short name of the session.</summary>
    public string Fingerprint => Sid.Fingerprint(HttpContext.GetServerSession().Id);

    /// <summary>When the ticket expires.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>Shows the page.</summary>
    public async Task OnGetAsync() => Until = (await HttpContext.AuthenticateAsync()).Properties?.ExpiresUtc;

    /// <summary>Makes the tickets of the user invalid, and signs out here.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        if (await users.GetUserAsync(User) is { } user)
        {
            await users.UpdateSecurityStampAsync(user);
        }

        await signIn.SignOutAsync();
        return RedirectToPage("/Index");
    }
}
