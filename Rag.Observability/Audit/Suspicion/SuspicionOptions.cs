using System.ComponentModel.DataAnnotations;

namespace Rag.Observability.Audit.Suspicion;

/// <summary>Configuration section <c>Audit:Suspicion</c>: from when on something is suspicious.</summary>
public sealed class SuspicionOptions
{
    public const string Section = "Audit:Suspicion";

    /// <summary>Failed keys from one address within five minutes.</summary>
    [Range(2, 10_000)]
    public int FailedKeys { get; init; } = 5;

    /// <summary>Different addresses that one key is used from within ten minutes.</summary>
    [Range(2, 1000)]
    public int AddressesPerKey { get; init; } = 5;

    /// <summary>Queries of one caller within a minute.</summary>
    [Range(10, 1_000_000)]
    public int QueriesPerMinute { get; init; } = 300;
}
