namespace Rag.Observability.Audit;

/// <summary>What an audit event is about.</summary>
public enum AuditKind
{
    AuthenticationAttempt,
    AuthorizationFailure,
    SuspiciousActivity,
    DataAccess,
    SystemChange,
}
