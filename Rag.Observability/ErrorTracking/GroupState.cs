using System.Text.Json.Serialization;

namespace Rag.Observability.ErrorTracking;

/// <summary>As shown.</summary>
[JsonConverter(typeof(GroupStateConverter))]
public enum GroupState
{
    /// <summary>First seen less than seven days ago.</summary>
    New,

    Ongoing,

    /// <summary>Much more often this hour than before.</summary>
    Escalating,

    /// <summary>Seen again after it had been resolved, less than seven days ago.</summary>
    Regressed,

    Ignored,

    Resolved,
}
