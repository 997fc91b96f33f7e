using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace FromAddSession;

/// <summary>The profile of a visitor, with a notice for the page after the redirect.</summary>
[Route("profile")]
public sealed class ProfileController : Controller
{
    private const string Key = "profile";

    /// <summary>What the page after the next redirect shows.</summary>
    [TempData]
    public string? Notice { get; set; }

    /// <summary>Shows the profile.</summary>
    [HttpGet]
    public string Show() =>
        HttpContext.Session.TryGetValue(Key, out var json) && JsonSerializer.Deserialize<Profile>(json) is { } profile
            ? $"{Notice}{profile.Name}, {profile.Age}, {profile.Photo.Length} bytes"
            : $"{Notice}no profile";

    /// <summary>Saves the profile, and redirects to it with a notice.</summary>
    [HttpPost]
    public IActionResult Save([FromForm] string name, [FromForm] int age)
    {
        HttpContext.Session.Set(Key, JsonSerializer.SerializeToUtf8Bytes(new Profile(name, age, [0xff, 0xd8, 0])));
        Notice = "Saved: ";
        return RedirectToAction(nameof(Show));
    }

    private sealed record Profile(string Name, int Age, byte[] Photo);
}
