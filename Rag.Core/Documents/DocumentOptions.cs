namespace Rag.Core.Documents;

/// <summary>Bounds for what is accepted (section <c>Documents</c>). Lengths are in UTF-16 characters.</summary>
public sealed class DocumentOptions
{
    public const string Section = "Documents";

    /// <summary>Documents in one request.</summary>
    public int MaxDocuments { get; set; } = 1000;

    public int MaxIdLength { get; set; } = 128;

    public int MaxTitleLength { get; set; } = 500;

    public int MaxTextLength { get; set; } = 1_000_000;

    public int MaxSourceLength { get; set; } = 2000;

    public int MaxSourceTypeLength { get; set; } = 64;

    public int MaxMetadataFields { get; set; } = 50;

    public int MaxMetadataKeyLength { get; set; } = 100;

    public int MaxMetadataValueLength { get; set; } = 2000;
}
