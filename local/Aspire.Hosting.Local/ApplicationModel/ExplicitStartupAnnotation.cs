namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource starts when somebody asks for it, not with the application.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
