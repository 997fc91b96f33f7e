namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>The one list of cases.</summary>
internal static class SessionCases
{
    public static IReadOnlyList<SessionCase> All { get; } =
    [
        new("empty", "{}", "{}"),
        new("plain", """{user:'ada',visits:3,admin:false,nothing:null}""", """{"user":"ada","visits":3,"admin":false,"nothing":null}"""),
        new(
            "Unicode",
            """{name:'Zo\u00eb \u6f22\u5b57 \ud83d\ude00',line:'a\u2028b\u007fc',escaped:'"\\/\b\f\n\r\t\u001f</script>&','\u00e9':1,'\ud83d\ude00':2}""",
            "{\"name\":\"Zoë 漢字 😀\",\"line\":\"a\u2028b\u007fc\","
                + "\"escaped\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f</script>&\",\"é\":1,\"😀\":2}"
        ),
        new("nested", """{a:{b:{c:{d:[{e:{}},[[]],null,true]}}}}""", """{"a":{"b":{"c":{"d":[{"e":{}},[[]],null,true]}}}}"""),
        new(
            "arrays",
            """{list:[1,'a',null,false,[],{}],none:[],sparse:[undefined,1]}""",
            """{"list":[1,"a",null,false,[],{}],"none":[],"sparse":[null,1]}"""
        ),
        new(
            "dots and dollars",
            """{'a.b':1,'$set':{'$gt':''},'$':[{'$where':'1'}],deep:{'x.y':{'$z':null}},'':'no name'}""",
            """{"a.b":1,"$set":{"$gt":""},"$":[{"$where":"1"}],"deep":{"x.y":{"$z":null}},"":"no name"}"""
        ),
        new("keys like numbers", """{b:1,'2':'two','10':'ten',a:{'1':true}}""", """{"2":"two","10":"ten","b":1,"a":{"1":true}}"""),
        new("control characters", """{text:'a\u0000b'}""", """{"text":"a\u0000b"}"""),
        new("lone surrogates", """{high:'\ud800',low:'a\udc00b'}""", """{"high":"\ud800","low":"a\udc00b"}""")
        {
            // BSON's strings are UTF-8, which has no half of a pair: Node's driver puts the replacement character there.
            InDocument = "{\"high\":\"\uFFFD\",\"low\":\"a\uFFFDb\"}",
            IsRefusedInDocument = true,
        },
        new(
            "large numbers",
            """{safe:9007199254740991,time:1795388041467,huge:1.7976931348623157e308,tiny:5e-324,e21:1e21,less:-2147483649,third:1/3}""",
            """{"safe":9007199254740991,"time":1795388041467,"huge":1.7976931348623157e+308,"tiny":5e-324,"e21":1e+21,"less":-2147483649,"third":0.3333333333333333}"""
        ),
        new("no JSON numbers", """{none:NaN,endless:Infinity}""", """{"none":null,"endless":null}""") { TypedByNode = true },
        new("numbers of .NET", JavaScript: null, """{"long":9007199254740993,"e":1E+21,"small":1E-07,"decimal":1.0}""")
        {
            AfterNode = """{"long":9007199254740992,"e":1e+21,"small":1e-7,"decimal":1}""",
            InNodeFromDocument = """{"long":{"high":2097152,"low":1,"unsigned":false},"e":1e+21,"small":1e-7,"decimal":1}""",
        },
        new(
            "dates",
            """{when:new Date(1706933106007),early:new Date(0)}""",
            """{"when":"2024-02-03T04:05:06.007Z","early":"1970-01-01T00:00:00.000Z"}"""
        )
        {
            TypedByNode = true,
        },
        new("dates of .NET", JavaScript: null, """{"when":"2024-02-03T04:05:06.0070000+02:00"}"""),
        new("long", """{text:'x'.repeat(100000)}""", $$"""{"text":"{{new string('x', 100_000)}}"}"""),
    ];

    public static SessionCase Named(string name) => All.Single(session => session.Name == name);
}
