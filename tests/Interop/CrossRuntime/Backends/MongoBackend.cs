using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using ServerSessions.Stores.Mongo;
using ServerSessions.Testing;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>connect-mongo: a document whose session is a text or, with <c>stringify: false</c>, a sub-document.</summary>
internal sealed class MongoBackend(MongoPlace place, MongoSessionFormat format) : Backend
{
    private static readonly JsonWriterSettings Extended = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    private readonly MongoClient _client = new(place.ConnectionString);

    public override string Kind => "mongo";

    public override object NodePlace => new { url = place.ConnectionString, stringify = format == MongoSessionFormat.Text };

    public override TimeSpan DefaultLifetime => TimeSpan.FromDays(14);

    public override bool KeepsDocuments => format == MongoSessionFormat.Document;

    public override string Url => place.ConnectionString;

    public override ISessionStore NewStore(TimeProvider clock) => new MongoSessionStore(Configured(new MongoSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddMongoStore(options => Configured(options));

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        var document = await _client
            .GetDatabase(place.DatabaseName)
            .GetCollection<BsonDocument>("sessions")
            .Find(new BsonDocument("_id", sid))
            .FirstOrDefaultAsync();
        if (document is null)
        {
            return null;
        }

        var around = document.Elements.ToDictionary(static element => element.Name, static element => element.Value.BsonType.ToString());
        var (cookie, values) = document["session"] is BsonDocument session
            ? (Members((BsonDocument)session["cookie"]), Members(session, "cookie"))
            : JsonMembers.Of(document["session"].AsString);
        return new RawRecord(
            new SortedDictionary<string, string>(around, StringComparer.Ordinal),
            cookie,
            values,
            JsonNode.Parse(document.ToJson(Extended))!.ToJsonString(GoldenJson.Options),
            Instant.At(DateTimeOffset.FromUnixTimeMilliseconds(document["expires"].AsBsonDateTime.MillisecondsSinceEpoch))
        );
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await place.DisposeAsync();
    }

    private static SortedDictionary<string, string> Members(BsonDocument document, string? without = null) =>
        new(
            document
                .Elements.Where(element => element.Name != without)
                .ToDictionary(
                    static element => element.Name,
                    static element =>
                        string.Create(CultureInfo.InvariantCulture, $"{element.Value.BsonType} {element.Value.ToJson(Extended)}")
                ),
            StringComparer.Ordinal
        );

    private MongoSessionStoreOptions Configured(MongoSessionStoreOptions options)
    {
        (options.ConnectionString, options.Format, options.OperationTimeout) = (place.ConnectionString, format, Patience);
        return options;
    }
}
