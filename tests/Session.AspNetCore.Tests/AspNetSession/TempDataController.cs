using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>Actions that use TempData as applications do.</summary>
[Route("temp")]
public sealed class TempDataController : Controller
{
    private static readonly string[] LookAlikes = ["00112233-4455-6677-8899-aabbccddeeff", "2026-03-01T12:00:00Z"];

    [HttpGet("set")]
    public IActionResult Set()
    {
        TempData["message"] = "Zoë 漢字";
        return RedirectToAction(nameof(Read));
    }

    [HttpGet("set types")]
    public IActionResult SetTypes()
    {
        TempData["int"] = 42;
        TempData["bool"] = true;
        TempData["guid"] = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        TempData["date"] = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        TempData["list"] = new List<string> { "a", "b" };
        TempData["map"] = new Dictionary<string, string> { ["a"] = "b" };
        return NoContent();
    }

    [HttpGet("types")]
    public string Types() =>
        FormattableString.Invariant(
            $"{TempData["int"]} {TempData["bool"]} {TempData["guid"]} {TempData["date"]:O} {string.Join('+', (string[])TempData["list"]!)} "
        ) + ((IDictionary<string, string>)TempData["map"]!)["a"];

    [HttpGet("set look-alikes")]
    public IActionResult SetLookAlikes()
    {
        TempData["enum"] = DayOfWeek.Friday;
        TempData["guid"] = LookAlikes[0];
        TempData["date"] = LookAlikes[1];
        TempData["nothing"] = Array.Empty<string>();
        HttpContext.GetServerSession().Flash.Set("guid", LookAlikes[0]);
        HttpContext.GetServerSession().Flash.Set("date", LookAlikes[1]);
        return NoContent();
    }

    [HttpGet("look-alikes")]
    public string ReadLookAlikes()
    {
        var flash = HttpContext.GetServerSession().Flash;
        return string.Join(
            ' ',
            ((string[])["enum", "guid", "date", "nothing"]).Select(key => TempData[key]?.GetType().Name ?? "null")
                .Append((flash.Get<string>("guid"), flash.Get<string>("date")) == (LookAlikes[0], LookAlikes[1]) ? "same" : "other")
        );
    }

    [HttpGet("read")]
    public string Read() => TempData["message"] as string ?? "nothing";

    [HttpGet("peek")]
    public string Peek() => TempData.Peek("message") as string ?? "nothing";

    [HttpGet("keep")]
    public string Keep()
    {
        var message = Read();
        TempData.Keep("message");
        return message;
    }

    [HttpGet("untouched")]
    public IActionResult Untouched() => NoContent();

    [HttpGet("read and redirect")]
    public IActionResult ReadAndRedirect()
    {
        Read();
        return RedirectToAction(nameof(Read));
    }

    [HttpGet("flush")]
    public async Task FlushAsync()
    {
        TempData["message"] = "before the first byte";
        await Response.WriteAsync("body");
        await Response.Body.FlushAsync();
    }

    [HttpGet("short circuit")]
    [ShortCircuit]
    public IActionResult ShortCircuited() => BadRequest();

    /// <summary>Sets TempData in front of the action, and ends the request without a body.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ShortCircuitAttribute : Attribute, IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            var http = context.HttpContext;
            http.RequestServices.GetRequiredService<ITempDataDictionaryFactory>().GetTempData(http)["message"] = "short-circuited";
            context.Result = new StatusCodeResult(StatusCodes.Status204NoContent);
        }

        public void OnResourceExecuted(ResourceExecutedContext context) { }
    }
}

/// <summary>Actions of a controller with a property in TempData, which is loaded for each of them.</summary>
[Route("temp property")]
public sealed class TempDataPropertyController : Controller
{
    [TempData]
    public string? Message { get; set; }

    [HttpGet("set")]
    public IActionResult Set()
    {
        Message = "in a property";
        return NoContent();
    }

    [HttpGet("read")]
    public string Read() => Message ?? "nothing";

    [HttpGet("sign out")]
    public async Task<IActionResult> SignOutAsync()
    {
        await HttpContext.GetServerSession().DestroyAsync();
        return NoContent();
    }
}
