using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Access;

/// <summary>
/// Limits requests per key, and per address where there is none or a wrong one. Every answer tells what is left (<c>RateLimit-Limit</c>, <c>-Remaining</c>, <c>-Reset</c> in seconds);
/// one too many is 429 with <c>Retry-After</c>. <c>/alive</c> is not counted.
/// </summary>
internal sealed class RateLimiting(RequestDelegate next, RequestBudgets budgets, AccessRules rules, IOptions<AccessOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (rules.Find(context.Request.Method, context.GetEndpoint()) is { Route: AccessRules.Alive })
        {
            await next(context);
            return;
        }

        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var limit = Caller.LimitOf(context.User) ?? options.Value.RequestsPerMinute;
        var budget = budgets.Take(user is null ? $"address {context.Connection.RemoteIpAddress}" : $"key {user}", limit);
        context.Response.OnStarting(static state =>
        {
            var (response, budget) = ((HttpResponse, RequestBudget))state;
            response.Headers["RateLimit-Limit"] = budget.Limit.ToString(CultureInfo.InvariantCulture);
            response.Headers["RateLimit-Remaining"] = budget.Remaining.ToString(CultureInfo.InvariantCulture);
            response.Headers["RateLimit-Reset"] = Seconds(budget.Reset);
            if (!budget.IsGranted) response.Headers.RetryAfter = Seconds(budget.RetryAfter);
            return Task.CompletedTask;
        }, (context.Response, budget));

        if (budget.IsGranted) await next(context);
        else context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
    }

    private static string Seconds(TimeSpan time) => Math.Max(1, Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
