namespace FromAddSession;

/// <summary>The cart of a visitor, in the session.</summary>
internal static class Cart
{
    private const string Prefix = "cart:";

    /// <summary>Maps the endpoints of the cart, of signing in and of signing out.</summary>
    public static void MapCart(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context) => $"Hello {context.Session.GetString("user") ?? "visitor"}");
        app.MapPost("/sign-in/{user}", (string user, HttpContext context) => context.Session.SetString("user", user));
        app.MapPost("/sign-out", (HttpContext context) => context.Session.Clear());
        app.MapPost(
            "/cart/{item}",
            (string item, HttpContext context) =>
            {
                var number = (context.Session.GetInt32(Prefix + item) ?? 0) + 1;
                context.Session.SetInt32(Prefix + item, number);
                return number;
            }
        );
        app.MapDelete("/cart/{item}", (string item, HttpContext context) => context.Session.Remove(Prefix + item));
        app.MapGet("/cart", List);
        app.MapPost(
            "/cart-saved-at-once/{item}",
            async (string item, HttpContext context) =>
            {
                await context.Session.LoadAsync(context.RequestAborted);
                context.Session.SetInt32(Prefix + item, 1);
                await context.Session.CommitAsync(context.RequestAborted);
                return context.Session.IsAvailable;
            }
        );
        app.MapGet("/session-id", (HttpContext context) => context.Session.Id);
    }

    private static string List(HttpContext context) =>
        string.Join(
            ", ",
            from key in context.Session.Keys
            where key.StartsWith(Prefix, StringComparison.Ordinal)
            orderby key
            select $"{key[Prefix.Length..]}: {context.Session.GetInt32(key)}"
        );
}
