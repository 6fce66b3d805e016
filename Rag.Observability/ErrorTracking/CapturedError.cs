namespace Rag.Observability.ErrorTracking;

/// <summary>An error between the thread that met it and the one that stores it.</summary>
internal sealed record CapturedError(ErrorId Id, DateTimeOffset At, Exception Exception, ErrorContext Context);
