namespace ServerSessions.Testing.Tests;

public sealed class ConnectionStringTyposTests
{
    private static readonly string[] Examples = ["db://app:{password}@host:1/name?mode=on", "Host=host;Password={password};Mode=on"];

    [Fact]
    public void The_list_is_the_same_each_time_and_holds_the_typos_that_people_make()
    {
        var typos = ConnectionStringTypos.Of(Examples, "host", "name");
        Assert.Equal(typos, ConnectionStringTypos.Of(Examples, "host", "name"));
        Assert.True(typos.Count > 3000, $"{typos.Count} typos");
        Assert.All(typos, static typo => Assert.DoesNotContain(ConnectionStringTypos.Place, typo, StringComparison.Ordinal));
        var forms = typos
            .Select(static typo =>
                typo.Replace("xQ7vKkmWzz", "P", StringComparison.Ordinal).Replace("jBnqT8pLLr", "Q", StringComparison.Ordinal)
            )
            .ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                // Not encoded, half encoded, after digits that pass for a port.
                "db://app:P@Q@host:1/name?mode=on",
                "db://app:P/Q@host:1/name?mode=on",
                "db://app:12?P@host:1/name?mode=on",
                "db://app:P%4@host:1/name?mode=on",
                // Not quoted.
                "Host=host;Password=P;Q;Mode=on",
                "Host=host;Password=a;P=Q;Mode=on",
                // In another field, a keyword misspelt, a separator left out, ended early.
                "db://P:app@host:1/name?mode=on",
                "db://app:Q@host:1/name?mode=P",
                "Host=host;assword=P;Mode=on",
                "Host=hostPassword=P;Mode=on",
                "Host=host;Password=PMode=on",
                // Pasted, and one form inside the other.
                "DATABASE_URL=db://app:P@host:1/name?mode=on",
                "Host=db://app:P@host:1/name?mode=on",
                "db://Host=host;Password=P;Mode=on",
                "\ndb://app:P@host:1/name?mode=on\n",
            },
            forms
        );
        Assert.DoesNotContain("db://app:Q@P:1/name?mode=on", forms);
        Assert.Contains("db://app:Q@P!:1/name?mode=on", forms);
    }

    [Fact]
    public void A_part_of_a_password_is_found_in_any_case_and_as_bytes_and_nothing_is_found_where_none_is()
    {
        Assert.NotNull(ConnectionStringTypos.Leak("keyword 'q7vkk' is not supported"));
        Assert.NotNull(ConnectionStringTypos.Leak("no such host: jbnqt8pllr"));
        Assert.NotNull(ConnectionStringTypos.Leak("bytes 785137764B"));
        Assert.Null(ConnectionStringTypos.Leak("The server at host:1 refused the password of app."));
    }
}
