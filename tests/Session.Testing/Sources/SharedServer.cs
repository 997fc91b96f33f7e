namespace ServerSessions.Testing;

/// <summary>
/// One server for all tests of an assembly, started when the first test asks. It comes from the environment variable if that is set,
/// from a child process if the program is installed, from a container if Docker responds; else every asking test is skipped with the
/// reason. Meant as an assembly fixture: <c>[assembly: AssemblyFixture(typeof(SharedRedis))]</c>.
/// </summary>
/// <typeparam name="TPlace">What a test gets: a part of the server that is empty and its own.</typeparam>
public abstract class SharedServer<TPlace> : IAsyncDisposable
{
    private readonly SemaphoreSlim _oneStarts = new(1, 1);
    private Source? _source;

    /// <summary>An empty place of the caller's own; ends the asking test as skipped if there is no server.</summary>
    public async Task<TPlace> NewPlaceAsync()
    {
        var source = await FindAsync();
        Skip.Where(source.WhyMissing);
        return await source.NewPlaceAsync();
    }

    /// <summary>Why there is no server here; null if there is one.</summary>
    public async Task<string?> WhyMissingAsync() => (await FindAsync()).WhyMissing;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source?.Owner is { } owner)
        {
            await owner.DisposeAsync();
        }

        _oneStarts.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The environment variable that names a server; null where one server cannot be named so.</summary>
    private protected abstract string? Variable { get; }

    private protected abstract string Program { get; }

    private protected virtual Source FromEnvironment(string value) => throw new NotSupportedException();

    private protected abstract Task<Source> FromProgramAsync();

    /// <summary>Null if there is no image for it.</summary>
    private protected virtual Task<Source>? FromContainerAsync() => null;

    /// <summary>Null if nothing can stand in for it.</summary>
    private protected virtual Task<Source?> FromSubstituteAsync() => Task.FromResult<Source?>(null);

    private async Task<Source> FindAsync()
    {
        await _oneStarts.WaitAsync();
        try
        {
            return _source ??= await StartAsync();
        }
        finally
        {
            _oneStarts.Release();
        }
    }

    private async Task<Source> StartAsync()
    {
        if (Variable is not null && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value)
        {
            return FromEnvironment(value);
        }

        if (Programs.WhyUnavailable(Program) is not { } whyNoProgram)
        {
            return await FromProgramAsync();
        }

        if (await Docker.AnswersAsync() && FromContainerAsync() is { } container)
        {
            return await container;
        }

        if (await FromSubstituteAsync() is { } substitute)
        {
            return substitute;
        }

        var why = $"{(Variable is null ? "" : Variable + " is not set; ")}{whyNoProgram} No Docker engine that could run it responds.";
        return Skip.IsFailure ? throw new InvalidOperationException(why) : Source.Missing(why);
    }

    /// <summary>Where places come from, and what ends with the fixture.</summary>
    private protected sealed record Source(Func<Task<TPlace>> NewPlaceAsync, IAsyncDisposable? Owner = null, string? WhyMissing = null)
    {
        public static Source Missing(string why) =>
            new(static () => throw new InvalidOperationException("There is no server."), WhyMissing: why);
    }
}
