using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Refuses options of the dashboard at start.</summary>
internal sealed class SessionDashboardOptionsValidator : IValidateOptions<SessionDashboardOptions>
{
    private const int MinSamples = 2;

    public ValidateOptionsResult Validate(string? name, SessionDashboardOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Title))
        {
            failures.Add("SessionDashboardOptions.Title is empty. Name the application.");
        }

        if (options.SampleInterval < TimeSpan.FromSeconds(1))
        {
            failures.Add($"SessionDashboardOptions.SampleInterval is {options.SampleInterval}. Set at least one second.");
        }

        if (options.MaxSamples is < MinSamples or > SessionDashboardOptions.LargestMaxSamples)
        {
            failures.Add(
                $"SessionDashboardOptions.MaxSamples is {options.MaxSamples}. Set {MinSamples} to "
                    + $"{SessionDashboardOptions.LargestMaxSamples}."
            );
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
