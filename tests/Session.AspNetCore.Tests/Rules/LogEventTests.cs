using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Rules;

/// <summary>The log events of the middleware, which an operator filters by id or by name.</summary>
public sealed class LogEventTests
{
    [Fact]
    public void Each_event_has_an_id_and_a_name_of_its_own()
    {
        var events = typeof(ServerSession)
            .Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToList();

        Assert.True(events.Count > 20);
        Assert.Empty(events.GroupBy(static one => one.EventId).Where(static same => same.Count() > 1).Select(static same => same.Key));
        Assert.Empty(events.GroupBy(static one => one.EventName).Where(static same => same.Count() > 1).Select(static same => same.Key));
    }
}
