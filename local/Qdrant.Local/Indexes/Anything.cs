namespace Qdrant.Local.Indexes;

/// <summary>Passes every value.</summary>
internal readonly struct Anything<T> : IValuePredicate<T>
{
    public bool Passes(T value) => true;
}
