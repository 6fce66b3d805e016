using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Health;

/// <summary>Wraps every registered check, whoever registered it, in a <see cref="BoundedHealthCheck"/>.</summary>
internal sealed class BoundHealthChecks(TimeProvider? time = null) : IPostConfigureOptions<HealthCheckServiceOptions>
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        foreach (var registration in options.Registrations)
        {
            var inner = registration.Factory;
            var limit = registration.Timeout == Timeout.InfiniteTimeSpan ? DefaultTimeout : registration.Timeout;
            registration.Timeout = Timeout.InfiniteTimeSpan;
            registration.Factory = services => new BoundedHealthCheck(inner(services), limit, time ?? TimeProvider.System);
        }
    }
}
