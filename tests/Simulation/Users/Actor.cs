namespace ServerSessions.Simulation.Users;

/// <summary>
/// One who acts on the sessions of a user: a browser, an operator. After any of its store calls it may crash, or never get the reply.
/// </summary>
internal sealed class Actor(string name, int crashAfter)
{
    private static readonly AsyncLocal<Actor?> Running = new();

    private readonly TaskCompletionSource _crash = new();
    private int _calls;

    /// <summary>Who acts in the code that runs.</summary>
    public static Actor? Current => Running.Value;

    public string Name { get; } = name;

    /// <summary>Whether what it was to do was done and acknowledged.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The number of store calls so far.</summary>
    public int Calls => _calls;

    /// <summary>Acts until it is done, or has crashed.</summary>
    public async Task RunAsync(Func<Task<bool>> act)
    {
        Running.Value = this;
        var acting = act();
        if (await Task.WhenAny(acting, _crash.Task) == acting)
        {
            IsDone = await acting;
        }
    }

    /// <summary>Called after each of its store calls. After the one that it crashes at, it never goes on.</summary>
    public Task AfterCallAsync()
    {
        if (++_calls != crashAfter)
        {
            return Task.CompletedTask;
        }

        _crash.SetResult();
        return new TaskCompletionSource().Task;
    }

    public override string ToString() => $"{Name}{(_crash.Task.IsCompleted ? $" (crashed after call {_calls})" : "")}";
}
