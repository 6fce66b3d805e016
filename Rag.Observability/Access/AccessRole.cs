namespace Rag.Observability.Access;

/// <summary>What a caller may do, in ascending order: each may do what those before it may.</summary>
public enum AccessRole
{
    /// <summary>Anybody, without a key.</summary>
    Public,

    /// <summary>Searches and asks, and reads documents.</summary>
    Reader,

    /// <summary>Adds and removes documents.</summary>
    Writer,

    /// <summary>Sees and changes the system.</summary>
    Admin,
}
