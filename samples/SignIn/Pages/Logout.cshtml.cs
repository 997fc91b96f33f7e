using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SignInSample.Pages;

/// <summary>The sign-out. It ends the session with all its data, on every instance.</summary>
public sealed class LogoutModel(SignInManager<IdentityUser> signIn) : PageModel
{
    /// <summary>Leads to the shop.</summary>
    public IActionResult OnGet() => RedirectToPage("/Index");

    /// <summary>Signs out.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.SignOutAsync();
        return RedirectToPage("/Index");
    }
}
