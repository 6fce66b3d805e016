namespace Rag.Core.Vectors.Collections;

/// <summary>What a collection is used for.</summary>
internal enum CollectionState
{
    /// <summary>Is being filled for a new embedding model; nobody searches it.</summary>
    Building,

    /// <summary>Searches use it. There is one at most.</summary>
    Active,

    /// <summary>Was active; is kept for searches that are under way, then dropped.</summary>
    Retired,
}
