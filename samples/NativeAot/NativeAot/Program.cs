using NativeAot;
using ServerSessions;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ShopJson.Default));
builder.Services.AddServerSessions(options => options.Secret = builder.Configuration["ServerSessions:Secret"]);

var app = builder.Build();
app.UseServerSessions();
app.MapGet("/", Shop.Show);
app.MapPost("/lines/{line}", Shop.Add);
app.MapPost("/codes/{code}", Shop.SendCode);
app.MapPost("/redeem/{code}", Shop.RedeemAsync);
app.Run();
