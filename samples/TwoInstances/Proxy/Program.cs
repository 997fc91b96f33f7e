// The proxy in front of the instances. It has no sessions and no affinity: each request goes to the next instance.
using TwoInstances.Proxy;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.MapReverseProxy(proxy =>
{
    proxy.UseMiddleware<OtherInstance>();
    proxy.UseLoadBalancing();
});
app.Run();
