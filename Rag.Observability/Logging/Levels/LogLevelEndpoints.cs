using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Rag.Observability.Audit;
using Rag.Observability.Errors;

namespace Rag.Observability.Logging.Levels;

/// <summary>Log levels of the running process, for a limited time.</summary>
public static class LogLevelEndpoints
{
    private const int DefaultMinutes = 15;
    private const int LongestCategory = 200;

    /// <summary><c>GET</c>, <c>PUT</c> and <c>DELETE /debug/log-levels</c>. Needs <c>AddRagLogging</c> and <c>AddAudit</c>.</summary>
    public static IEndpointRouteBuilder MapLogLevels(this IEndpointRouteBuilder routes)
    {
        var levels = routes.MapGroup("/debug/log-levels").WithTags("Debug");
        levels.MapGet("/", List).WithSummary("Lists the levels that were changed");
        levels.MapPut("/", Set).WithSummary("Changes the level of a category of loggers, or of all, for a number of minutes");
        levels.MapDelete("/", Remove).WithSummary("Lets the configured level hold again");
        return routes;
    }

    private static Ok<LevelList> List(LogLevelOverrides levels) => TypedResults.Ok(new LevelList([.. levels.Current.Select(LevelBody.Of)]));

    private static Ok<LevelBody> Set(LevelChange body, LogLevelOverrides levels, AuditTrail trail, ClaimsPrincipal user)
    {
        var (category, level) = (ReadCategory(body.Category), body.ReadLevel());
        var former = levels.Current.FirstOrDefault(entry => string.Equals(entry.Category, category, StringComparison.OrdinalIgnoreCase));
        var changed = LevelBody.Of(levels.Set(category, level, TimeSpan.FromMinutes(Math.Clamp(body.Minutes ?? DefaultMinutes, 0, 1_000_000))));
        trail.SystemChange(user.FindFirstValue(ClaimTypes.NameIdentifier), "log_level", former?.Level.ToString(), changed.Level, $"log-levels/{category}");
        return TypedResults.Ok(changed);
    }

    private static NoContent Remove(string? category, LogLevelOverrides levels, AuditTrail trail, ClaimsPrincipal user)
    {
        category = ReadCategory(category);
        if (!levels.Remove(category)) throw new NotFoundException("The level of this category was not changed.");
        trail.SystemChange(user.FindFirstValue(ClaimTypes.NameIdentifier), "log_level_restored", null, null, $"log-levels/{category}");
        return TypedResults.NoContent();
    }

    private static string ReadCategory(string? category)
    {
        if (category is null or "Default") return string.Empty;
        return category.Length <= LongestCategory && category.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_')
            ? category
            : throw new ValidationException("category", "Expected the beginning of a logger's name, for example Rag.Core.", "malformed");
    }

    internal sealed record LevelChange(string? Category, string? Level, int? Minutes)
    {
        public LogLevel ReadLevel() => Enum.TryParse<LogLevel>(Level, ignoreCase: true, out var level) && Enum.IsDefined(level) && !int.TryParse(Level, out _)
            ? level
            : throw new ValidationException("level", $"Expected one of {string.Join(", ", Enum.GetNames<LogLevel>())}.", "unknown");
    }

    internal sealed record LevelList(IReadOnlyList<LevelBody> Levels);

    internal sealed record LevelBody(string Category, string Level, DateTimeOffset ExpiresAt)
    {
        public static LevelBody Of(LogLevelOverride entry) => new(entry.Category.Length == 0 ? "Default" : entry.Category, entry.Level.ToString(), entry.ExpiresAt);
    }
}
