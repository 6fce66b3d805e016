namespace Qdrant.Local.Vectors;

/// <summary>How two vectors are compared. Cosine and Dot: larger is nearer; Euclid and Manhattan: smaller is nearer.</summary>
internal enum Distance
{
    Cosine,
    Euclid,
    Dot,
    Manhattan,
}
