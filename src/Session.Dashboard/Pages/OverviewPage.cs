namespace ServerSessions;

/// <summary>The first page: how many sessions, over time, and the search for a user.</summary>
internal static class OverviewPage
{
    public static Markup Of(DashboardView view, CountSample? latest, IReadOnlyList<CountSample> samples) =>
        Layout.Page(
            view,
            Markup.Of($"Overview"),
            Markup.None,
            Markup.Of(
                $"""
                {Move(view)}<section class="card" aria-labelledby="users"><h2 id="users">Find a user’s sessions</h2>
                {Users(view)}</section>
                <section class="card" aria-labelledby="count"><h2 id="count">Sessions in the store</h2>
                {Count(view, latest, samples)}</section>

                """
            )
        );

    private static Markup Move(DashboardView view) =>
        view.Sessions.MoveMode is { } mode
            ? Layout.Note(
                Markup.Of(
                    $"""
                    Sessions move between two stores, {view.Sessions.Backend}: this instance has the mode <code>{mode.ToString()}</code>.
                    Both stores are counted and searched.
                    """
                )
            )
            : Markup.None;

    private static Markup Users(DashboardView view) =>
        view.Sessions.KnowsUsers
            ? Layout.Search(view)
            : Layout.Note(
                Markup.Of(
                    $"""
                    The sessions of users are not listed, so none can be found or ended here. A scan of the whole store would be
                    slow, and is not offered. Call <code>AddUserSessions()</code>, and sign users in with
                    <code>SignInAsync</code> or cookie authentication.
                    """
                )
            );

    private static Markup Count(DashboardView view, CountSample? latest, IReadOnlyList<CountSample> samples)
    {
        if (!view.Sessions.CanCount)
        {
            return Layout.Note(
                Markup.Of(
                    $"""
                    This store cannot count its sessions. A store that implements <code>IEnumerableSessionStore</code> can.
                    """
                )
            );
        }

        return latest is not { Number: { } number } sample
            ? Layout.Note(Markup.Of($"The first count is running. Load the page again in a moment."))
            : Markup.Of(
                $"""
                <p class="figure"><strong>{Words.Number(number)}</strong>
                <span class="help">counted {Words.Ago(sample.At, view.Now)}, with the tombstones of the last five minutes</span></p>
                {CountChart.Of(samples, view.Now)}
                """
            );
    }
}
