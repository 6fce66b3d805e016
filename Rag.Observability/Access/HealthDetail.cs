using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Access;

/// <summary>Whether a health answer may name its checks: to callers with a key, and to anybody where no keys are required. Everybody else gets the status alone.</summary>
public static class HealthDetail
{
    public static bool IsVisible(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true }) return true;
        var services = context.RequestServices;
        // A service without AddAccess knows no keys: then only the environment counts.
        var isRequired = services.GetRequiredService<IOptions<AccessOptions>>().Value.Required ?? !services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        return !isRequired;
    }
}
