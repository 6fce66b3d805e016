namespace Rag.Observability.Redaction;

/// <summary>Where in a text a secret is.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index behind its last character.</param>
/// <param name="Form">What is put in its place.</param>
internal readonly record struct Secret(int Start, int End, SecretForm Form = SecretForm.Plain)
{
    /// <summary>Stands for "no more of this kind in the text".</summary>
    public static readonly Secret None = new(int.MaxValue, int.MaxValue);
}
