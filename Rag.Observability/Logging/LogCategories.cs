using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging;

/// <summary>From a logger's name to its category. The longest prefix counts.</summary>
internal static class LogCategories
{
    private static readonly FrozenDictionary<string, LogCategory> ByPrefix = new Dictionary<string, LogCategory>(StringComparer.Ordinal)
    {
        [LoggerNames.Audit] = LogCategory.Audit,
        [LoggerNames.Business] = LogCategory.Business,
        [LoggerNames.Database] = LogCategory.Database,
        [LoggerNames.Performance] = LogCategory.Performance,
        [LoggerNames.Requests] = LogCategory.Api,
        ["Rag.Api"] = LogCategory.Api,
        ["Rag.Core.Storage"] = LogCategory.Database,
        ["Rag.Core.Vectors"] = LogCategory.Database,
        ["Rag.Observability.Access"] = LogCategory.Authentication,
        ["Rag.Observability.Audit"] = LogCategory.Security,
        ["Rag.Observability.Errors.Http"] = LogCategory.Api,
        ["Rag.Observability.Storage"] = LogCategory.Database,
        ["Npgsql"] = LogCategory.Database,
        ["Microsoft"] = LogCategory.System,
        ["Microsoft.AspNetCore"] = LogCategory.Api,
        ["Microsoft.AspNetCore.Authentication"] = LogCategory.Authentication,
        ["Microsoft.AspNetCore.Authorization"] = LogCategory.Security,
        ["Microsoft.AspNetCore.DataProtection"] = LogCategory.Security,
        ["Polly"] = LogCategory.System,
        ["System"] = LogCategory.System,
        ["System.Net.Http"] = LogCategory.Api,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly JsonEncodedText[] Names = [.. Enum.GetNames<LogCategory>().Select(name => JsonEncodedText.Encode(name.ToLowerInvariant()))];

    public static LogCategory Of(string logger)
    {
        for (var prefix = logger; prefix.Length > 0;)
        {
            if (ByPrefix.TryGetValue(prefix, out var category)) return category;
            var dot = prefix.LastIndexOf('.');
            prefix = dot < 0 ? string.Empty : prefix[..dot];
        }

        return LogCategory.Application;
    }

    /// <summary>What the application itself reports as an error is of the category <c>error</c>.</summary>
    public static JsonEncodedText Name(LogCategory category, LogLevel level) =>
        Names[(int)(category == LogCategory.Application && level >= LogLevel.Error ? LogCategory.Error : category)];
}
