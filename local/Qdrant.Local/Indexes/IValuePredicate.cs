namespace Qdrant.Local.Indexes;

/// <summary>A test of an indexed value; a struct, so that the loop over the postings has it inlined.</summary>
internal interface IValuePredicate<in T>
{
    bool Passes(T value);
}
