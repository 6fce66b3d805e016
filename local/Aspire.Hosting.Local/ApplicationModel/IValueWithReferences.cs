namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value made of other values or resources.</summary>
public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}
