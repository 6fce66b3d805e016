namespace Rag.Observability.Redaction;

/// <summary>What is put in a secret's place.</summary>
internal enum SecretForm
{
    /// <summary>The mask.</summary>
    Plain,

    /// <summary>The mask in double quotes, so that JSON stays JSON: the secret was a number or the like.</summary>
    JsonLiteral,

    /// <summary>First letter and domain.</summary>
    Email,
}
