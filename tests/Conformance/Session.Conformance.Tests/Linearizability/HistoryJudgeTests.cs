namespace ServerSessions.Conformance.Tests.Linearizability;

/// <summary>
/// The search for an order of calls, on histories that are known to be good or bad. <c>]</c> ends a call, <c>&gt;</c> leaves its outcome
/// unknown; <c>/90</c> is an expiry 90 minutes after the start, and 60 is the usual one.
/// </summary>
public sealed class HistoryJudgeTests
{
    [Theory]
    [InlineData(
        """
        a [set 1]        [set 2        ]
        b         [get 1]   [get 1] [get 2]
        """
    )]
    [InlineData(
        """
        a [set 1]  [destroy    ]
        b            [get 1] [get 0]  [get 0]
        """
    )]
    [InlineData(
        """
        a [set 1]  [touch +/90     ]
        b             [get 1] [get 1/90]  [get 1/90]
        """
    )]
    [InlineData(
        """
        a [set 1] [try 2 after 1 stored      ]
        b           [try 3 after 1 changed     ] [get 2]
        """
    )]
    [InlineData(
        """
        a [try 1 after 0 stored     ]
        b   [try 2 after 0 changed    ]   [get 1]
        """
    )]
    [InlineData(
        """
        a [set 1] [gat 1/90      ]
        b            [get 1] [get 1/90]
        """
    )]
    [InlineData(
        """
        a [set 1/10]          [get 0] [touch no] [try 2 after 1 missing] [set 3]
        t             [pass 10]                                                  [pass 9]
        b                                                                                 [get 3]
        """
    )]
    [InlineData(
        """
        a [set 1/10]  [get 1/10       ]
        t               [pass 10]
        b                          [get 0]
        """
    )]
    [InlineData(
        """
        a [set 1/10]  [touch +/30                  ]
        t               [pass 10]
        b                          [get 0] [get 0]    [get 1/30]
        """
    )]
    [InlineData("a [set 1] [set 2> [get 1] [get 1] [get 2] [get 2]")]
    [InlineData("a [set 1] [set 2> [get 1] [set 3] [get 3] [get 2]")]
    [InlineData("a [set 1] [destroy> [get 1] [get 0] [touch no]")]
    [InlineData("a [set 1] [touch +/90> [get 1] [get 1/90]")]
    [InlineData("a [set 1] [try 2 after 1 stored> [get 1] [get 2] [try 3 after 2 stored]")]
    [InlineData("a [set 1] [try 2 after 1 uncertain] [get 2]")]
    [InlineData("a [set 1] [try 2 after 1 uncertain] [get 1]")]
    [InlineData("a [set 1] [gat 1/90> [get 1] [get 1/90]")]
    [InlineData("a [set 1/-1] [get 0] [touch no]")]
    public void A_history_that_an_order_explains_is_no_violation(string drawing)
    {
        var verdict = DrawnHistory.Judge(drawing);

        Assert.Empty(verdict.Violations.Select(static violation => $"{violation}"));
        Assert.Equal(0, verdict.Undecided);
        Assert.StartsWith("No violation in 1 histories", $"{verdict}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GSD-11", "a [set 1] [set 2] [get 1]")]
    [InlineData("GSD-11", "a [set 1] [get 0]")]
    [InlineData("GSD-02", "a [destroy] [get 7]")]
    [InlineData("GSD-04", "a [set 1] [destroy] [get 1]")]
    [InlineData("GSD-02", "a [set 1] [get 1/90]")]
    [InlineData("TCH-13", "a [set 1] [touch no/90]")]
    [InlineData("TCH-03", "a [touch +/90]")]
    [InlineData("TCH-04", "a [set 1] [destroy] [touch +/90]")]
    [InlineData("TCH-09", "a [set 1] [touch +/90] [get 1/60]")]
    [InlineData("TCH-02", "a [set 1] [touch +/90] [get 99/90]")]
    [InlineData("CND-02", "a [set 1] [try 2 after 0 stored]")]
    [InlineData("CND-04", "a [set 1] [set 2] [try 3 after 1 stored]")]
    [InlineData("CND-05", "a [set 1] [destroy] [try 2 after 1 stored]")]
    [InlineData("CND-03", "a [set 1] [try 2 after 1 missing]")]
    [InlineData("CND-01", "a [set 1] [destroy] [try 2 after 0 changed]")]
    [InlineData("CND-07", "a [set 1] [touch +/90] [try 2 after 1 changed]")]
    [InlineData("CND-04", "a [set 1] [set 2] [try 3 after 1 changed] [get 3]")]
    [InlineData("GTT-04", "a [set 1] [destroy] [gat 1/90]")]
    [InlineData("GTT-08", "a [set 1] [gat 1/60 kept]")]
    [InlineData("GTT-01", "a [set 1] [gat 0]")]
    [InlineData(
        "GSD-04",
        """
        a [set 1] [destroy]
        b   [get 1          ] [get 0] [get 1]
        """
    )]
    [InlineData(
        "GSD-11",
        """
        a [set 1]  [set 2              ]
        b             [get 2] [get 1]
        """
    )]
    [InlineData(
        "CND-04",
        """
        a [set 1] [try 2 after 1 stored   ]
        b           [try 3 after 1 stored   ]
        """
    )]
    [InlineData(
        "CND-02",
        """
        a [try 1 after 0 stored   ]
        b   [try 2 after 0 stored   ]
        """
    )]
    [InlineData(
        "EXP-01",
        """
        a [set 1/10]           [get 1/10]
        t             [pass 10]
        """
    )]
    [InlineData(
        "TCH-05",
        """
        a [set 1/10]           [touch +/90]
        t             [pass 10]
        """
    )]
    [InlineData(
        "EXP-02",
        """
        a [set 1/10]          [get 0]
        t             [pass 9]
        """
    )]
    [InlineData(
        "TCH-01",
        """
        a [set 1/10] [touch +/30]           [get 0]
        t                         [pass 10]
        """
    )]
    [InlineData("GSD-11", "a [set 1] [set 2> [get 2] [get 1]")]
    [InlineData("GSD-04", "a [set 1] [destroy> [get 0] [get 1]")]
    [InlineData("GSD-11", "a [set 1] [set 2> [set 3] [get 2] [get 3]")]
    [InlineData("GSD-11", "a [set 1] [try 2 after 1 stored> [set 3] [get 2]")]
    [InlineData("CND-03", "a [set 1] [touch +/90> [try 2 after 1 missing]")]
    public void A_history_that_no_order_explains_is_a_violation_of_a_rule_by_its_name(string rule, string drawing)
    {
        var violation = Assert.Single(DrawnHistory.Judge(drawing).Violations);

        Assert.Equal(rule, violation.RuleId);
        Assert.Equal(ConformanceCatalogue.Find(violation.RuleId)!.Rule, violation.Rule);
        Assert.Contains("<- no order explains this", violation.Timeline, StringComparison.Ordinal);
    }

    [Fact]
    public void A_counterexample_is_a_small_timeline()
    {
        var violation = Assert.Single(
            DrawnHistory
                .Judge(
                    """
                    a [set 1]   [set 2>
                    b   [get 0     ]
                    c                    [get 2] [get 1]
                    """
                )
                .Violations
        );

        Assert.Equal("get → content 1, expires +1 h, by caller c; before it session A could be content 2", violation.Observed);
        Assert.Equal(
            """
            a  [---]                set content 1 for 1 h → done
            b    [-----]            get → absent
            a        [----------->  set content 2 for 1 h → unknown
            c            [-]        get → content 2, expires +1 h
            c                [-]    get → content 1, expires +1 h   <- no order explains this
            """.ReplaceLineEndings("\n"),
            violation.Timeline
        );
    }

    [Fact]
    public void A_search_that_is_given_up_says_so_and_is_no_violation()
    {
        var calls = Enumerable.Range(0, 12).Select(static i => new DrawnCall($"{i}", "set", i + 1, 60, "", 0, i, 100 + i));
        var verdict = DrawnHistory.Judge([.. calls], static options => options with { MaxStates = 50 });

        Assert.Equal(1, verdict.Undecided);
        Assert.Empty(verdict.Violations);
        Assert.Contains("1 undecided", $"{verdict}", StringComparison.Ordinal);
    }
}
