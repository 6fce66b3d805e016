namespace Qdrant.Local.Queries;

/// <summary>Where an order begins: a number or a time in microseconds.</summary>
internal readonly record struct OrderStart(double? Number, long? Time);
