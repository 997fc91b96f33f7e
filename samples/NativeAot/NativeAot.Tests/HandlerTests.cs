using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using ServerSessions.Testing;

namespace NativeAot.Tests;

/// <summary>The handlers without a server.</summary>
public sealed class HandlerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notice_is_shown_once_and_the_line_stays()
    {
        using var adds = await TestServerSession.CreateAsync();
        Shop.Add("tea", adds.Session);
        adds.HttpContext.Response.StatusCode = StatusCodes.Status302Found;
        await adds.EndRequestAsync();

        using var shows = await adds.NextRequestAsync(cancellationToken: Cancel);
        var first = Shop.Show(shows.Session);
        await shows.EndRequestAsync();
        using var again = await shows.NextRequestAsync(cancellationToken: Cancel);
        var second = Shop.Show(again.Session);

        Assert.Equal("tea was added.", first.Notice);
        Assert.Null(second.Notice);
        Assert.Equal(["tea"], second.Lines);
    }

    [Fact]
    public async Task A_code_works_once_and_a_wrong_guess_leaves_it()
    {
        using var test = await TestServerSession.CreateAsync(static session => Shop.SendCode("123", session));

        Assert.IsType<NotFound>(await Shop.RedeemAsync("321", test.Session, Cancel));
        Assert.IsType<Ok>(await Shop.RedeemAsync("123", test.Session, Cancel));
        Assert.IsType<NotFound>(await Shop.RedeemAsync("123", test.Session, Cancel));
        Assert.IsType<StatusCodeHttpResult>(await Shop.RedeemAsync("123", test.Session, Cancel));
    }
}
