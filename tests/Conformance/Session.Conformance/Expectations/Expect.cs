namespace ServerSessions.Conformance;

/// <summary>
/// Collects what a case finds instead of ending at the first: the author of a store sees all of it at once. Safe for concurrent use.
/// </summary>
internal sealed class Expect
{
    // Further findings of one kind add nothing.
    private const int MaxFindings = 12;

    private readonly Lock _lock = new();
    private readonly List<Finding> _findings = [];
    private int _more;

    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (_lock)
            {
                return _more == 0 ? [.. _findings] : [.. _findings, new Finding("no more of the kind", $"{_more} more")];
            }
        }
    }

    public bool Failed
    {
        get
        {
            lock (_lock)
            {
                return _findings.Count > 0;
            }
        }
    }

    public bool That(bool condition, string expected, string observed)
    {
        if (!condition)
        {
            Add(expected, observed);
        }

        return condition;
    }

    public void Add(string expected, string observed)
    {
        lock (_lock)
        {
            var finding = new Finding(expected, observed);
            if (_findings.Count < MaxFindings && !_findings.Contains(finding))
            {
                _findings.Add(finding);
            }
            else
            {
                _more++;
            }
        }
    }

    /// <summary>Ends the case if the condition does not hold: <see cref="That"/> for what the rest depends on.</summary>
    public void Require(bool condition, string expected, string observed)
    {
        if (!That(condition, expected, observed))
        {
            throw new ExpectationException();
        }
    }
}
