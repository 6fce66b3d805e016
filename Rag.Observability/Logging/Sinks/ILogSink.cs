using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary>Where lines end up. Called by one thread only.</summary>
internal interface ILogSink : IDisposable
{
    /// <exception cref="IOException">The lines could not be written; they are lost.</exception>
    void Write(IReadOnlyList<LogLine> lines);
}
