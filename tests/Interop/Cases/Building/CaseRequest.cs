using ServerSessions.Interop.Driver;
using Xunit.Sdk;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>A request of a case, and what is expected of it.</summary>
internal sealed class CaseRequest(int number, ProgramRequest request)
{
    private readonly List<Action<Answer>> _expectations = [];

    public int Number { get; } = number;

    public ProgramRequest Request { get; set; } = request;

    public bool HasExpectations => _expectations.Count > 0;

    public void Expect(Action<Answer> expectation) => _expectations.Add(expectation);

    public async Task RunAsync(CaseRun run)
    {
        var exchange = await run.Client.SendAsync(Request);
        var calls = await run.Client.TakeStoreCallsAsync();
        var answer = new Answer(exchange, calls, await run.Client.ListStoreAsync(), run.Cookies);
        foreach (var expectation in _expectations)
        {
            try
            {
                expectation(answer);
            }
            catch (XunitException unmet)
            {
                throw new XunitException($"Request {Number}: {Request}\n{answer}\n{unmet.Message}", unmet);
            }
        }
    }
}
