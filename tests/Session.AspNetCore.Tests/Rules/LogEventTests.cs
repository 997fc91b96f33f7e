using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Rules;

/// <summary>The log events of the middleware, which an operator filters by id or by name.</summary>
public sealed class LogEventTests
{
    [Fact]
    public void Each_event_has_an_id_and_a_name_of_its_own()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var types = typeof(ServerSession).Assembly.GetTypes();
        var generated = types
            .SelectMany(static type => type.GetMethods(all))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(static one => new EventId(one.EventId, one.EventName));
        var others = types
            .Where(static type => !type.ContainsGenericParameters)
            .SelectMany(static type => type.GetFields(all))
            .Where(static field => field.FieldType == typeof(EventId))
            .Select(static field => (EventId)field.GetValue(null)!);
        List<EventId> events = [.. generated, .. others];

        Assert.Contains(events, static one => one.Name == "SessionAudited");
        Assert.True(events.Count > 20);
        Assert.Empty(events.GroupBy(static one => one.Id).Where(static same => same.Count() > 1).Select(static same => same.Key));
        Assert.Empty(events.GroupBy(static one => one.Name).Where(static same => same.Count() > 1).Select(static same => same.Key));
    }
}
