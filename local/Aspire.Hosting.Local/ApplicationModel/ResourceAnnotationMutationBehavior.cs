namespace Aspire.Hosting.ApplicationModel;

/// <summary>What adding an annotation does with those of the same type.</summary>
public enum ResourceAnnotationMutationBehavior
{
    Append = 0,
    Replace = 1,
}
