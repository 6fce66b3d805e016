using System.Globalization;
using System.Text;

namespace Rag.Observability.Errors;

/// <summary>Makes <c>docs/errors.md</c> from the catalogue. A test fails when the file in the repository is another.</summary>
internal static class ErrorCatalogueDocument
{
    public static string Render()
    {
        var text = new StringBuilder("""
            # Errors

            <!-- Made from Rag.Observability/Errors/ErrorCatalogue.cs: edit that, then run `UPDATE_DOCS=1 dotnet test Rag.Tests --filter ErrorCatalogueDocument`. -->

            Every error is `application/problem+json` (RFC 9457). `error.code` is stable: program against it, not against texts.

            ```json
            {"type":"urn:rag:error:VALIDATION_ERROR","title":"The request breaks a rule","status":422,"detail":"…","instance":"/search",
             "error":{"code":"VALIDATION_ERROR","message":"…","category":"validation","severity":"low",
                      "details":{"errors":[{"field":"top_k","message":"Between 1 and 100.","type":"out_of_range"}]}},
             "timestamp":"2026-01-01T00:00:00Z","request_id":"…","trace_id":"…","path":"/search"}
            ```

            `request_id` is the one of the `X-Request-ID` header: yours when you sent a sane one, else the trace id. Give it to the operator, who finds
            the request's log lines, its trace and its error group with it. Where a retry can help, `Retry-After` says when, in seconds.

            The one exception: what the web server cannot even parse as HTTP (a NUL in the address, a broken header line) never reaches the service and is
            answered by Kestrel with a bare 400.

            | status | code | category | severity | meaning | what to do | retry after |
            |---|---|---|---|---|---|---|

            """);

        foreach (var error in ErrorCatalogue.All)
        {
            var retry = error.RetryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $"{wait.TotalSeconds} s or as the header says") : "–";
            text.Append(CultureInfo.InvariantCulture, $"| {error.StatusCode} | `{error.Code}` | {error.Category.Name()} | {error.Severity.Name()} | {error.Title} | {error.Remedy} | {retry} |\n");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }
}
