using System.Security.Claims;
using Rag.Core.Search;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>What searches and questions have in common.</summary>
internal static class RequestRules
{
    public const int LongestQuery = 4000;
    public const int DefaultTopK = 10;

    public static string Text(string? text, string field, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(text)) errors.Add(new FieldError(field, "Expected a text that is not blank.", "required"));
        else if (text.Length > LongestQuery) errors.Add(new FieldError(field, $"Expected at most {LongestQuery} characters.", "too_long"));
        else if (text.Contains('\0', StringComparison.Ordinal)) errors.Add(new FieldError(field, "Expected a text without null characters.", "wrong_type"));
        else return text.Trim();
        return "";
    }

    public static int TopK(int? topK, List<FieldError> errors)
    {
        if (topK is < 1 or > Searcher.MostResults) errors.Add(new FieldError("top_k", $"Expected 1 to {Searcher.MostResults}.", "out_of_range"));
        return topK ?? DefaultTopK;
    }

    /// <summary>The caller's strongest role, or <c>anonymous</c>: a small fixed set, fit for a metric.</summary>
    public static string UserType(ClaimsPrincipal user) =>
        user.IsInRole("admin") ? "admin" : user.IsInRole("writer") ? "writer" : user.IsInRole("reader") ? "reader" : "anonymous";

    public static void ThrowIfAny(List<FieldError> errors)
    {
        if (errors.Count > 0) throw new ValidationException(errors);
    }
}
