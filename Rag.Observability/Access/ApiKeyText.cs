namespace Rag.Observability.Access;

/// <summary>How a key is written: <c>ragk_{id}_{secret}</c>. The prefix lets redactors and secret scanners know one when they see it.</summary>
internal static class ApiKeyText
{
    public const string Prefix = "ragk_";
}
