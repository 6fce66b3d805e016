namespace Rag.Observability.Access;

/// <summary>Who may call an endpoint.</summary>
/// <param name="Method">HTTP method, or <c>*</c> for all.</param>
/// <param name="Route">Route as the endpoint declares it, for example <c>/documents/{id}</c>.</param>
/// <param name="Role">The least role that may.</param>
public sealed record AccessRule(string Method, string Route, AccessRole Role)
{
    /// <summary>Calls are written to the audit trail as data access, under this name of the resource.</summary>
    public string? Audited { get; init; }

    /// <summary>Calls are written to the audit trail as a change of the system, of this resource. For endpoints that do not write such an event, with values, themselves.</summary>
    public string? Changes { get; init; }
}
