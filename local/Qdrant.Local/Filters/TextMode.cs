namespace Qdrant.Local.Filters;

/// <summary>How the words of a text match are put together.</summary>
internal enum TextMode
{
    /// <summary>The text as it stands, or all of its words where the field is text-indexed.</summary>
    All,

    /// <summary>Any of its words.</summary>
    Any,

    /// <summary>The text as it stands, or its words in a row where the field is text-indexed.</summary>
    Phrase,

    /// <summary>The value begins with the text.</summary>
    Prefix,
}
