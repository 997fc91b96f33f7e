using System.Diagnostics;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>Runs one case to its result: needs, attempts, time limit, waiver.</summary>
internal sealed class CaseExecution(ConformanceRunner runner)
{
    private const int Attempts = 3;

    public async Task<CaseResult> RunAsync(ConformanceCase item)
    {
        var started = Stopwatch.GetTimestamp();
        var result = CaseNeed.Missing(item, runner.Harness) is { } missing ? await WithoutClaimAsync(missing) : await AttemptAsync(item);
        return WithWaiver(result with { Duration = Stopwatch.GetElapsedTime(started) });
    }

    /// <summary>What the store does not claim is not declared, whether or not the harness could try it.</summary>
    private async Task<CaseResult> WithoutClaimAsync(CaseResult missing)
    {
        if (missing.Outcome != CaseOutcome.Untested)
        {
            return missing;
        }

        try
        {
            CaseNeed.ThrowIfNotDeclared(missing.Case.Needs, (await runner.SharedStoreAsync()).Store);
            return missing;
        }
        catch (NotOfferedException error)
        {
            return missing with { Outcome = CaseOutcome.NotDeclared, Message = error.Message };
        }
        catch (HarnessException)
        {
            // The cases that can be tried say so.
            return missing;
        }
    }

    private async Task<CaseResult> AttemptAsync(ConformanceCase item)
    {
        CaseResult result;
        var attempt = 0;
        do
        {
            result = await OnceAsync(item, attempt++);
        } while (result.Outcome == CaseOutcome.Inconclusive && attempt < Attempts);
        return result;
    }

    private async Task<CaseResult> OnceAsync(ConformanceCase item, int attempt)
    {
        var limit = runner.Harness.Settings.CaseTimeLimit + runner.Options.SearchTime;
        var context = new CaseContext(item, runner, attempt);
        try
        {
            // A store that blocks its caller must not block the run.
            await Task.Run(() => BodyAsync(item, context)).WaitAsync(limit);
            return context.Expect.Failed
                ? Failure(item, context, CaseOutcome.Failed, null)
                : new CaseResult { Case = item, Outcome = CaseOutcome.Passed };
        }
        catch (TimeoutException)
        {
            return Failure(item, context, CaseOutcome.TimedOut, null) with
            {
                Message = $"The case did not end within {limit.TotalSeconds:0.#} s; the last line of the transcript is what it waits for.",
            };
        }
        catch (StoreThrewException error)
        {
            return Threw(item, context, error);
        }
        catch (InconclusiveException error)
        {
            return new CaseResult
            {
                Case = item,
                Outcome = CaseOutcome.Inconclusive,
                Message = error.Message,
                Transcript = context.Transcript.Lines,
            };
        }
        catch (NotOfferedException error)
        {
            return new CaseResult
            {
                Case = item,
                Outcome = error.IsNotDeclared ? CaseOutcome.NotDeclared : CaseNeed.OutcomeOfMissing(item),
                Message = error.Message,
            };
        }
        catch (ExpectationException)
        {
            return Failure(item, context, CaseOutcome.Failed, null);
        }
        catch (Exception error) when (error is SessionPayloadException or JsonException or FormatException)
        {
            context.Expect.Add(
                "a record that can be read",
                $"what the store returned is no session: {error.GetType().Name}: {error.Message}"
            );
            return Failure(item, context, CaseOutcome.Failed, null);
        }
#pragma warning disable CA1031 // Any other exception is a fault of the harness or the kit, and becomes a result.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failure(item, context, CaseOutcome.HarnessError, error);
        }
        finally
        {
            await context.DisposeStoresAsync();
        }
    }

    private static async Task BodyAsync(ConformanceCase item, CaseContext context)
    {
        await (item.OwnStore ? context.UseOwnStoreAsync() : context.UseSharedStoreAsync());
        CaseNeed.ThrowIfNotDeclared(item.Needs, context.Store.Raw);
        await item.Body(context);
    }

    private static CaseResult Threw(ConformanceCase item, CaseContext context, StoreThrewException error)
    {
        var inner = error.InnerException!;
        var crashed =
            inner
            is NullReferenceException
                or NotImplementedException
                or NotSupportedException
                or ObjectDisposedException
                or InvalidCastException
                or IndexOutOfRangeException
                or KeyNotFoundException
                or OverflowException;
        context.Expect.Add($"{error.Call}: a result", $"{error.Call} throws {inner.GetType().Name}: {inner.Message}");
        return Failure(item, context, crashed ? CaseOutcome.Crashed : CaseOutcome.WrongException, inner);
    }

    private static CaseResult Failure(ConformanceCase item, CaseContext context, CaseOutcome outcome, Exception? error) =>
        new()
        {
            Case = item,
            Outcome = outcome,
            Message = error?.Message
                ?? context.Expect.Findings.Select(static finding => $"{finding.Expected}; observed: {finding.Observed}").FirstOrDefault()
                ?? "",
            Findings = context.Expect.Findings,
            Transcript = context.Transcript.Lines,
            Error = error?.ToString() ?? "",
        };

    private CaseResult WithWaiver(CaseResult result)
    {
        if (Named(runner.Harness.NotTried, result) is { } notTried)
        {
            return result.Outcome switch
            {
                CaseOutcome.Untested => result with { Message = $"Not tried: {notTried.Reason}", HasReason = true },
                CaseOutcome.NotDeclared or CaseOutcome.Blocked => result,
                _ => result with
                {
                    Outcome = CaseOutcome.WaiverStale,
                    Message = $"It was tried, and NotTried says: \"{notTried.Reason}\". Remove the entry.",
                },
            };
        }

        if (Named(runner.Harness.Waivers, result) is not { } waiver)
        {
            return result;
        }

        return result.Outcome switch
        {
            CaseOutcome.Passed => result with
            {
                Outcome = CaseOutcome.WaiverStale,
                Message = $"It passes, and is waived: \"{waiver.Reason}\". Remove the waiver.",
            },
            CaseOutcome.Failed or CaseOutcome.WrongException or CaseOutcome.Crashed or CaseOutcome.TimedOut => result with
            {
                Outcome = CaseOutcome.Waived,
                Message = $"Waived: {waiver.Reason} ({result.Message})",
            },
            _ => result,
        };
    }

    private static Waiver? Named(IReadOnlyList<Waiver> waivers, CaseResult result) =>
        waivers.FirstOrDefault(waiver => waiver.CaseId.Equals(result.Case.Id, StringComparison.OrdinalIgnoreCase));
}
