using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Rag.Observability.Access;

/// <summary>Whether a health answer may name its checks: to known callers, and to anybody in development. Everybody else gets the status alone.</summary>
public static class HealthDetail
{
    public static bool IsVisible(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } || context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment();
}
