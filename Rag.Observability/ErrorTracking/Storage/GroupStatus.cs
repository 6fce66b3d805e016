namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>As stored.</summary>
internal enum GroupStatus
{
    Open,
    Resolved,
    Ignored,
}
