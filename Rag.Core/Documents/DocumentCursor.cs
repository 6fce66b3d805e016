using System.Buffers.Text;
using System.Text;
using Rag.Observability.Errors;

namespace Rag.Core.Documents;

/// <summary>A place in the list of documents, opaque to callers: behind which id to go on.</summary>
internal static class DocumentCursor
{
    public static string After(string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    /// <exception cref="ValidationException">The cursor is not one of ours.</exception>
    public static string? Read(string? cursor, int maxIdLength)
    {
        if (cursor is null) return null;
        if (Base64Url.IsValid(cursor))
        {
            var id = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (DocumentId.IsValid(id, maxIdLength)) return id;
        }

        throw new ValidationException("cursor", "must be the next_cursor of an earlier answer", "invalid_cursor");
    }
}
