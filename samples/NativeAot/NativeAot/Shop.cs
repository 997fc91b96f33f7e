using System.Text.Json;
using System.Text.Json.Serialization;
using ServerSessions;

namespace NativeAot;

/// <summary>The handlers. Each value in the session has metadata that the compiler generated, so no reflection is needed.</summary>
public static class Shop
{
    private const int MostAttempts = 3;

    /// <summary>Shows the cart, and the notice that the last request has left.</summary>
    public static Page Show(ServerSession session) =>
        new(session.GetState(ShopJson.Default.Cart).Lines, session.Flash.Get("notice", ShopJson.Default.String));

    /// <summary>Puts a line into the cart. The change of the object is noticed when the session is stored.</summary>
    public static IResult Add(string line, ServerSession session)
    {
        session.GetState(ShopJson.Default.Cart).Lines.Add(line);
        session.Flash.Set("notice", $"{line} was added.", ShopJson.Default.String);
        return Results.Redirect("/");
    }

    /// <summary>Sends a code that works once.</summary>
    public static void SendCode(string code, ServerSession session) => session.Set("code", code, ShopJson.Default.String);

    /// <summary>Redeems the code: of parallel requests one succeeds, and none after three attempts.</summary>
    public static async Task<IResult> RedeemAsync(string code, ServerSession session, CancellationToken cancellationToken)
    {
        var attempts = await session.UpdateAsync("attempts", static count => count + 1, ShopJson.Default.Int32, cancellationToken);
        if (attempts > MostAttempts)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        // Looks first, so that a wrong guess leaves the code.
        return session.Get("code", ShopJson.Default.String) == code
            && await session.TakeAsync("code", ShopJson.Default.String, cancellationToken) == code
            ? Results.Ok()
            : Results.NotFound();
    }
}

/// <summary>What a visitor sees.</summary>
public sealed record Page(IReadOnlyList<string> Lines, string? Notice);

/// <summary>The part of the session that the shop keeps: the key <c>lines</c>.</summary>
public sealed class Cart
{
    /// <summary>The lines, in the order in which they were added.</summary>
    public List<string> Lines { get; set; } = [];
}

/// <summary>The metadata of all types in the session and in responses.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Cart))]
[JsonSerializable(typeof(Page))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
public sealed partial class ShopJson : JsonSerializerContext;
