using System.Security.Cryptography;
using System.Text;

namespace Rag.Core.Vectors;

/// <summary>
/// Names the collection of an embedding model: <c>{prefix}-{model}-{dimension}</c>. Vectors of different models or lengths can never meet in one collection.
/// </summary>
internal static class CollectionName
{
    private const int LongestModel = 64;

    public static string For(string prefix, string model, int dimension)
    {
        var slug = new StringBuilder(model.Length);
        foreach (var c in model.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_') slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        var readable = slug.ToString().Trim('-');
        // Two models that differ only in what the slug leaves out still get two collections.
        if (!string.Equals(readable, model, StringComparison.Ordinal) || readable.Length > LongestModel)
            readable = $"{readable[..Math.Min(readable.Length, LongestModel)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)))[..8]}";

        return $"{prefix}-{readable}-{dimension}";
    }
}
