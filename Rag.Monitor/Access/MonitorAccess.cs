using Rag.Observability.Access;

namespace Rag.Monitor.Access;

/// <summary>Who may call what. The same table is in <c>docs/access.md</c>; a test keeps the two in step. What is not here is for admins.</summary>
internal static class MonitorAccess
{
    public static readonly IReadOnlyList<AccessRule> Rules =
    [
        .. AccessRules.OfEveryService,

        new("GET", "/errors", AccessRole.Reader),
        new("GET", "/errors/{id}", AccessRole.Reader) { Audited = "error" },
        new("GET", "/errors/statistics", AccessRole.Reader),
        new("POST", "/errors/{id}/resolve", AccessRole.Writer) { Changes = "error" },
        new("POST", "/errors/{id}/ignore", AccessRole.Writer) { Changes = "error" },
        new("POST", "/errors/{id}/reopen", AccessRole.Writer) { Changes = "error" },
    ];
}
