using System.Text;

namespace ServerSessions.Tests;

public sealed class SessionRecordTests
{
    private const string Canary = """{"cookie":{},"secret":"canary"}""";

    [Fact]
    public void A_record_is_made_of_a_copy()
    {
        var buffer = "before"u8.ToArray();
        var record = new SessionRecord(buffer, expires: null);
        "after!"u8.CopyTo(buffer);
        Assert.Equal("before"u8, record.Payload.Span);
    }

    [Fact]
    public void A_buffer_that_is_handed_over_is_not_copied()
    {
        var buffer = "payload"u8.ToArray();
        var record = SessionRecord.TakeOwnership(buffer, expires: null);
        Assert.Equal(new ReadOnlyMemory<byte>(buffer), record.Payload);
        Assert.True(record.Payload.Span.Overlaps(buffer));
    }

    [Fact]
    public void A_record_carries_its_expiry_and_its_token_as_they_are()
    {
        var expires = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(2)).AddTicks(1);
        var token = new object();

        var copied = new SessionRecord(""u8, expires, token);
        Assert.Equal((expires, TimeSpan.FromHours(2)), (copied.Expires!.Value, copied.Expires.Value.Offset));
        Assert.Same(token, copied.Token);

        var owned = SessionRecord.TakeOwnership(default, expires, token);
        Assert.Equal(expires, owned.Expires);
        Assert.Same(token, owned.Token);
        Assert.Null(new SessionRecord(""u8, expires: null).Expires);
        Assert.Null(new SessionRecord(""u8, expires).Token);
    }

    [Fact]
    public void Texts_of_records_and_entries_show_neither_sid_nor_content()
    {
        var record = new SessionRecord(Encoding.UTF8.GetBytes(Canary), expires: null, token: "canary");
        Assert.Equal("SessionRecord (31 bytes)", record.ToString());
        Assert.Equal("SessionEntry (31 bytes)", new SessionEntry("canary", record).ToString());
        Assert.Equal("SessionEntry (0 bytes)", default(SessionEntry).ToString());
    }

    [Fact]
    public void An_entry_has_sid_and_record()
    {
        var record = new SessionRecord(""u8, expires: null);
        var entry = new SessionEntry("a", record);
        Assert.Equal("a", entry.Sid);
        Assert.Same(record, entry.Record);
    }
}
