using Rag.Observability.Access;

namespace Rag.Api.Access;

/// <summary>Who may call what. The same table is in <c>docs/access.md</c>; a test keeps the two in step. What is not here is for admins.</summary>
internal static class ApiAccess
{
    public static readonly IReadOnlyList<AccessRule> Rules =
    [
        .. AccessRules.OfEveryService,

        new("GET", "/", AccessRole.Public),
        new("GET", "/openapi/{documentName}.json", AccessRole.Reader),

        new("POST", "/search", AccessRole.Reader),
        new("POST", "/ask", AccessRole.Reader),
        new("POST", "/feedback", AccessRole.Reader),
        new("GET", "/documents", AccessRole.Reader),
        new("GET", "/documents/{id}", AccessRole.Reader) { Audited = "document" },
        new("POST", "/documents", AccessRole.Writer) { Audited = "documents" },
        new("POST", "/documents/files", AccessRole.Writer) { Audited = "documents" },
        new("DELETE", "/documents/{id}", AccessRole.Writer) { Audited = "document" },

        new("GET", "/admin/jobs", AccessRole.Admin),
        new("POST", "/admin/jobs/{id}/retry", AccessRole.Admin) { Changes = "job" },
        new("POST", "/admin/queue/pause", AccessRole.Admin) { Changes = "queue" },
        new("POST", "/admin/queue/resume", AccessRole.Admin) { Changes = "queue" },
        new("POST", "/admin/reconcile", AccessRole.Admin) { Changes = "stores" },
        new("GET", "/keys", AccessRole.Admin),
        new("POST", "/keys", AccessRole.Admin),
        new("POST", "/keys/{id}/rotate", AccessRole.Admin),
        new("DELETE", "/keys/{id}", AccessRole.Admin),
        new("GET", "/audit", AccessRole.Admin) { Audited = "audit" },
        new("GET", "/debug/performance", AccessRole.Admin),
        new("POST", "/debug/clear-history", AccessRole.Admin) { Changes = "history" },
        new("GET", "/debug/trace-level", AccessRole.Admin),
        new("PUT", "/debug/trace-level", AccessRole.Admin) { Changes = "trace-level" },
        new("GET", "/debug/snapshots", AccessRole.Admin) { Audited = "snapshot" },
        new("GET", "/debug/snapshots/{id}", AccessRole.Admin) { Audited = "snapshot" },
    ];
}
