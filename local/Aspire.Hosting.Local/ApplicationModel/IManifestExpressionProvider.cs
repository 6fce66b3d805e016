namespace Aspire.Hosting.ApplicationModel;

/// <summary>The name under which a value appears before it is known.</summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}
