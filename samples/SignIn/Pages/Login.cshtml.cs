using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SignInSample.Pages;

/// <summary>The sign-in. It gives the session a new id, and keeps the cart.</summary>
public sealed class LoginModel(SignInManager<IdentityUser> signIn) : PageModel
{
    /// <summary>Whether the last attempt has failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Signs in.</summary>
    public async Task<IActionResult> OnPostAsync(string user, string password, bool remember, string? returnUrl)
    {
        var result = await signIn.PasswordSignInAsync(user, password, remember, lockoutOnFailure: false);
        if (result.Succeeded)
        {
            return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
        }

        HasFailed = true;
        return Page();
    }
}
