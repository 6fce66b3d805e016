using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The resources that a value is made of, through any number of expressions; each once.</summary>
internal static class ReferencedResources
{
    public static IReadOnlyList<IResource> Of(object value)
    {
        List<IResource> found = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Collect(value);
        return found;

        void Collect(object item)
        {
            if (!seen.Add(item)) return;
            if (item is IResource resource) found.Add(resource);

            // What a connection string is made of belongs to its resource, not to whoever uses it.
            else if (item is IValueWithReferences composed)
            {
                foreach (var reference in composed.References) Collect(reference);
            }
        }
    }
}
