using ServerSessions;

namespace Demo.Pages;

internal static class HomePage
{
    public static IResult Show(ServerSession session, ISessionStore store) =>
        Html.Page(
            "Home",
            session,
            $"""
                <h1>Server sessions to try</h1>
                <p>Each page shows one thing that goes wrong with many sessions, and what to press to see that it does not here.
                The sessions are in <b>{Html.Encode(store.Backend)}</b>.</p>
                <ul class="shows">
                  <li><a href="/tabs"><b>Two tabs</b><span>Parallel clicks of one visitor: none is lost.</span></a></li>
                  <li><a href="/sign-in"><b>A sign-out that stays</b><span>A slow request ends later, and revives nothing.</span></a></li>
                  <li><a href="/devices"><b>Your devices</b><span>See where you are signed in, and end it from here.</span></a></li>
                  <li><a href="/store"><b>A store that goes away</b><span>No visitor gets an empty session meanwhile.</span></a></li>
                  <li><a href="/session"><b>This session</b><span>What the store has of you.</span></a></li>
                </ul>
            """
        );
}
