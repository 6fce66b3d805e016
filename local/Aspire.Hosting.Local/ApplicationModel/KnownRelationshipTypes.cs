namespace Aspire.Hosting.ApplicationModel;

/// <summary>The kinds of relations between resources.</summary>
internal static class KnownRelationshipTypes
{
    public const string Parent = "Parent";
    public const string Reference = "Reference";
    public const string WaitFor = "WaitFor";
}
