namespace Rag.Observability.ErrorTracking;

/// <summary>Where an error came to light.</summary>
public enum ErrorSource
{
    Request,
    Job,
    Health,
    Process,
}
